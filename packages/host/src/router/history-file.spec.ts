import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHistoryFile, historyFolder, hourFile } from './history-file';
import type { InstanceMinute } from './minutes';

const hour = 3_600_000;
const start = Date.parse('2026-11-24T05:00:00Z');

let dir: string;
let folder: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-history-'));
  folder = historyFolder(dir, { project: '@acme/web', environment: '..' });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(dir, { recursive: true, force: true });
});

const at = (time: number, instance = 'a'): InstanceMinute => ({
  ...{ minute: time / 60_000, instance, requests: 3, errors: 1, latency: [[5, 2]] },
});
const linesOf = async (name: string): Promise<unknown[]> =>
  (await readFile(join(folder, name), 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line): unknown => JSON.parse(line));

describe('the file of the history', () => {
  it('is one for each hour and route, with a line for each instance and minute', async () => {
    expect(folder).toBe(join(dir, 'history', '%40acme%2Fweb', '%2E%2E'));
    const file = createHistoryFile(folder, 60_000);
    file.write([at(start), at(start, 'b')]);
    file.write([at(start + hour - 60_000)]);
    file.write([at(start + hour)]);
    await file.flush();
    expect(await readdir(folder)).toEqual(['2026-11-24T05.jsonl', '2026-11-24T06.jsonl']);
    expect(await linesOf('2026-11-24T05.jsonl')).toEqual([at(start), at(start, 'b'), at(start + hour - 60_000)]);
    expect(await linesOf('2026-11-24T06.jsonl')).toEqual([at(start + hour)]);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, '2026-11-24T05.jsonl'))).mode & 0o777).toBe(0o600);
  });

  it('is written to by several, in order, and goes on behind a line that was cut off', async () => {
    const files = [1, 2].map(() => createHistoryFile(folder, 60_000));
    for (let i = 0; i < 30; i += 1) {
      for (const [writer, file] of files.entries()) file.write([at(start + i * 60_000, String(writer))]);
      if (i % 10 === 0) await Promise.all(files.map((file) => file.flush()));
    }
    await Promise.all(files.map((file) => file.flush()));
    const lines = await linesOf('2026-11-24T05.jsonl');
    const minutes = Array.from({ length: 30 }, (_, i) => at(start + i * 60_000));
    for (const writer of ['0', '1']) {
      const own = lines.filter((line) => (line as InstanceMinute).instance === writer);
      expect(own).toEqual(minutes.map((minute) => ({ ...minute, instance: writer })));
    }
    await writeFile(join(folder, '2026-11-24T06.jsonl'), '{"minute":');
    files[0]?.write([at(start + hour)]);
    await files[0]?.flush();
    const text = await readFile(join(folder, '2026-11-24T06.jsonl'), 'utf8');
    expect(text.split('\n')).toEqual(['{"minute":', JSON.stringify(at(start + hour)), '']);
  });

  it('is removed when its hour has ended more than 25 hours before, as another one is begun', async () => {
    const file = createHistoryFile(folder, 60_000);
    for (let i = 0; i < 30; i += 1) {
      file.write([at(start + i * hour)]);
      await file.flush();
    }
    await writeFile(join(folder, 'notes.txt'), 'of someone');
    const names = Array.from({ length: 26 }, (_, i) => hourFile(start + (i + 4) * hour));
    expect(await readdir(folder)).toEqual([...names, 'notes.txt']);
    file.write([at(start + 40 * hour)]);
    await file.flush();
    expect(await readdir(folder)).toEqual([...names.slice(11), hourFile(start + 40 * hour), 'notes.txt']);
  });

  it('is missed where the disk refuses it, which is said once, until it takes it again', async () => {
    const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const blocked = join(dir, 'history');
    await writeFile(blocked, 'no folder');
    const file = createHistoryFile(folder, 60_000);
    for (let i = 0; i < 3; i += 1) {
      file.write([at(start + i * 60_000)]);
      await file.flush();
    }
    await rm(blocked);
    file.write([at(start + 180_000)]);
    await file.flush();
    expect(await linesOf('2026-11-24T05.jsonl')).toEqual([at(start + 180_000)]);
    expect(said.mock.calls.map(([text]) => String(text))).toEqual([
      expect.stringMatching(/^Minutes are not written to .*(ENOTDIR|EEXIST)/),
      expect.stringMatching(/^Minutes are written to .* again; 3 are missing$/),
    ]);
  });
});
