import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHistoryFile, hourFile } from '../router/history-file';
import type { InstanceMinute } from '../router/minutes';
import { readHistory } from './history';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const until = Date.parse('2026-11-24T05:30:00Z');
const never = new AbortController().signal;

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'sluice-history-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (time: number, changes: Partial<InstanceMinute> = {}): InstanceMinute => ({
  ...{ minute: time / minute, instance: 'a', requests: 3, errors: 1, latency: [[5, 2]] },
  ...changes,
});
async function write(...minutes: InstanceMinute[]): Promise<void> {
  const file = createHistoryFile(folder, minute);
  file.write(minutes);
  await file.flush();
}
const read = (time = until, signal = never) => readHistory(folder, { until: time, length: minute }, signal);
const blocks = async (time = until) => (await read(time)).map(({ block }) => block * minute);

describe('the history that is read', () => {
  it('is what was written of each instance and minute', async () => {
    await write(at(until - minute), at(until - minute, { instance: 'b', errors: 0, latency: [] }));
    expect(await read()).toEqual([
      { instance: 'a', block: (until - minute) / minute, requests: 3, errors: 1, latency: [[5, 2]] },
      { instance: 'b', block: (until - minute) / minute, requests: 3, errors: 0, latency: [] },
    ]);
  });

  it('adds up what several processes counted, and the parts of one', async () => {
    const parts = [{}, { requests: 5, errors: 0, latency: [[1, 1], [5, 3]] }, { latency: [[2, 1]] }] as const; // prettier-ignore
    for (const part of parts) await write(at(until - minute, part));
    expect(await read()).toEqual([
      { instance: 'a', block: until / minute - 1, requests: 11, errors: 2, latency: [[1, 1], [2, 1], [5, 5]] }, // prettier-ignore
    ]);
  });

  it('is of whole minutes of the day before, and of no other time', async () => {
    const times = [-day - minute, -day, -day + minute, -hour, -minute, 0, minute].map((time) => until + time);
    for (const time of times) await appendFile(join(folder, hourFile(time)), `${JSON.stringify(at(time))}\n`);
    expect(await blocks()).toEqual(times.slice(1, 5));
    expect(await blocks(until + 1)).toEqual(times.slice(2, 5));
    expect(await blocks(until - 1)).toEqual(times.slice(1, 4));
    expect(await blocks(until + minute)).toEqual(times.slice(2, 6));
    expect(await blocks(until - 10 * day)).toEqual([]);
  });

  it.each([
    ['a line that was cut off', '{"minute":29382'],
    ['no JSON', 'minute 7'],
    ['another thing', '[]'],
    ['a count that is none', JSON.stringify({ ...at(until - minute), requests: 1.5 })],
    ['more errors than requests', JSON.stringify(at(until - minute, { requests: 1, errors: 2 }))],
    ['no latency', JSON.stringify({ ...at(until - minute), latency: undefined })],
    ['zero bytes, as after a power cut', '\0'.repeat(100)],
  ])('passes over %s', async (_, line) => {
    await write(at(until - minute));
    await appendFile(join(folder, hourFile(until - minute)), line);
    await write(at(until - 2 * minute));
    expect(await blocks()).toEqual([until - minute, until - 2 * minute]);
  });

  it('is empty where nothing was written', async () => {
    expect(await read()).toEqual([]);
    await rm(folder, { recursive: true });
    expect(await read()).toEqual([]);
  });

  it('is an error where a file can not be read', async () => {
    await mkdir(join(folder, hourFile(until - minute)));
    await expect(read()).rejects.toMatchObject({ code: 'EISDIR' });
    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file');
    await expect(read()).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it('is given up when the signal fires meanwhile', async () => {
    await write(at(until - minute));
    const stop = new AbortController();
    const reason = new Error('enough');
    const reading = read(until, stop.signal);
    stop.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  it('lets others have their turn, of a day of many instances', async () => {
    const latency = Array.from({ length: 40 }, (_, i): [number, number] => [i + 1, 3]);
    const names = ['a', 'b', 'c', 'd'];
    for (let time = until - day; time < until; time += hour) {
      const lines = Array.from({ length: 60 }, (_, i) =>
        names.map((instance) => JSON.stringify(at(time - (time % hour) + i * minute, { instance, latency }))),
      ).flat();
      await appendFile(join(folder, hourFile(time)), `${lines.join('\n')}\n`);
    }
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 0);
    const cells = await read();
    clearInterval(timer);
    expect(cells).toHaveLength(4 * (24 * 60 - 30));
    expect(turns).toBeGreaterThan(10);
  });
});
