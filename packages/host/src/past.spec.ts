import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPast } from './past';
import { createHistoryFile, historyFolder } from './router/history-file';

const place = { project: '@acme/web', environment: 'production' as const };
const signal = new AbortController().signal;
const minute = 60_000;
const now = Date.UTC(2026, 10, 23, 13, 10);

describe('what instances answered before', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sluice-past-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('is read from the files of the router, while no host runs', async () => {
    const file = createHistoryFile(historyFolder(join(root, '.sluice', 'host'), place), minute);
    const one = { instance: 'a', requests: 60, errors: 1, latency: [[5, 59] as const] };
    const ended = now / minute - 1;
    file.write([
      { ...one, minute: ended - 1 },
      { ...one, minute: ended },
    ]);
    await file.flush();

    const cells = await readPast(root, place, now, signal);

    expect(cells).toEqual([
      { ...one, block: ended - 1 },
      { ...one, block: ended },
    ]);
  });

  it('is nothing where nothing was ever served', async () => {
    expect(await readPast(root, place, now, signal)).toEqual([]);
  });
});
