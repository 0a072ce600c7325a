import { judgeSettings } from '../analysis/methods';
import { bareConfig } from '../config/bare';
import { SluiceError } from '../errors';
import { harmful, healthy } from '../testing/trial/scenarios';
import { openTraffic } from '../testing/trial/traffic';
import { readRecord } from './record';
import { replay } from './replay';
import { replayTable } from './replay-table';

const times = { minDuration: 300_000, maxDuration: 3_600_000 };
const sequential = judgeSettings({ ...bareConfig().canary, method: 'sequential' });
const intervalsOf = (scenario: (typeof healthy)[number] | undefined, count: number) => {
  if (!scenario) throw new Error('there is no such scenario');
  const traffic = openTraffic(scenario.setting, 5);
  return Array.from({ length: count }, () => traffic.next());
};
const fiveTimes = harmful.find(({ name }) => name === 'errors x5');

/** As somebody writes a CSV of it. */
const csvOf = (intervals: ReturnType<typeof intervalsOf>): string =>
  [
    'from,to,slot,requests,errors,le_50,le_100,le_200,le_400,le_inf',
    ...intervals.flatMap(({ from, to, slots }) =>
      slots.map(({ slot, requests, errors, latency }) => {
        const upTo = (edge: number) => latency.reduce((sum, [end, count]) => (end <= edge ? sum + count : sum), 0);
        const iso = (at: number) => new Date(1_760_000_000_000 + at).toISOString();
        return [iso(from), iso(to), slot, requests, errors, ...[50, 100, 200, 400, Infinity].map(upTo)].join();
      }),
    ),
  ].join('\n');

describe('what was recorded, judged', () => {
  it('is aborted within minutes when errors were five times as many, and says why', () => {
    const { verdict, reasons, path } = replay(intervalsOf(fiveTimes, 100), sequential, times);
    expect(verdict).toBe('abort');
    expect(reasons[0]).toMatch(/^error rate .* is above its limit/);
    expect(path.length).toBeLessThan(30);
  });

  it('is promoted once there is evidence, and its time is over', () => {
    const { verdict, at } = replay(intervalsOf(healthy[0], 300), sequential, times);
    expect(verdict).toBe('promote');
    expect(at).toBeGreaterThanOrEqual(300_000);
  });

  it('is compared with a fresh baseline alone where it has one, also in an interval without a request for that', () => {
    const fresh = intervalsOf(healthy[0], 30).map(({ slots, ...interval }, index) => ({
      ...interval,
      slots: slots.flatMap((one) =>
        one.slot === 'canary' || index === 10
          ? [one]
          : [one, { ...one, slot: 'baseline' as const, requests: 100, errors: 7 }],
      ),
    }));
    const { path } = replay(fresh, sequential, times);
    expect(path.slice(9, 12).map(({ baseline }) => baseline.errors)).toEqual([7, 0, 7]);
  });

  it('is inconclusive where it ends before anything is shown', () => {
    expect(replay(intervalsOf(healthy[0], 20), sequential, times)).toMatchObject({
      verdict: 'inconclusive',
      at: 200_000,
    });
  });

  it('is judged by thresholds, too', () => {
    const threshold = judgeSettings({ ...bareConfig().canary, method: 'threshold' });
    expect(replay(intervalsOf(fiveTimes, 100), threshold, times).verdict).toBe('abort');
  });

  it('is judged by mann-whitney, too, and shown in 80 columns', () => {
    const mannWhitney = judgeSettings({ ...bareConfig().canary, method: 'mann-whitney' });
    const [bad, good] = [fiveTimes, healthy[0]].map((one) => replay(intervalsOf(one, 200), mannWhitney, times));
    expect(bad).toMatchObject({ verdict: 'abort', at: 300_000 });
    expect(bad?.reasons[0]).toMatch(/^error rate: canary higher, by /);
    expect(good?.verdict).toBe('promote');
    const lines = good ? replayTable(good, 'mann-whitney', false).split('\n') : [];
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.find((line) => /^ *10s/.test(line))).toMatch(/no look yet +no look yet$/);
  });

  it('is the same from a CSV whose buckets are coarse', () => {
    const record = readRecord(csvOf(intervalsOf(fiveTimes, 60)), 'incident.csv');
    expect(record[0]?.layout).toEqual({ edges: [50, 100, 200, 400] });
    expect(record[0]?.slots.map(({ slot }) => slot)).toEqual(['stable', 'canary']);
    expect(replay(record, sequential, times).verdict).toBe('abort');
  });

  it('shows the path of evidence in 80 columns', () => {
    const table = replayTable(replay(intervalsOf(healthy[0], 300), sequential, times), 'sequential', false);
    const lines = table.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.length).toBeLessThan(45);
    expect(lines[2]).toMatch(/after +canary +errors +p95 +baseline +errors +p95 +against it +for it/);
    expect(table).toMatch(/promote after .*: errors and latency are within their margins/);
  });
});

describe('a record', () => {
  it.each([
    ['a.csv', '', 'its first line has no column from, to, slot, requests, errors'],
    ['a.csv', 'from,to,slot,requests,errors', 'it has no intervals'],
    ['a.csv', 'from,to,slot,requests,errors,p95\n', 'the column "p95" means nothing here'],
    ['a.csv', 'from,to,slot,requests,errors\n1,2,canary,5', 'line 2 has 4 cells, not 5'],
    [
      'a.csv',
      'from,to,slot,requests,errors\n1,2,blue,5,1',
      'line 2 is of the slot "blue", not of stable, canary, baseline',
    ],
    ['a.csv', 'from,to,slot,requests,errors\n1,2,canary,many,1', 'line 2 has "many" for a number in "requests"'],
    ['a.csv', 'from,to,slot,requests,errors\nmonday,2,canary,5,1', 'line 2 has "monday" for a time in "from"'],
    ['a.json', '{', 'it is no JSON'],
    ['a.json', '{"intervals":[{"from":1}]}', 'intervals.0.to'],
    ['a.json', '{"intervals":[]}', 'it has no intervals'],
    [
      'a.csv',
      'from,to,slot,requests,errors\n0,10000,canary,5,1\n0,10000,canary,5,1',
      'the interval from 1970-01-01 00:00:00 UTC to 1970-01-01 00:00:10 UTC has two lines of canary',
    ],
    [
      'a.json',
      '{"intervals":[{"from":0,"to":10000,"slots":[]},{"from":0,"to":10000,"slots":[]}]}',
      'the interval from 1970-01-01 00:00:00 UTC to 1970-01-01 00:00:10 UTC is there twice',
    ],
    ['a.json', '{"edges":[50,20],"intervals":[{"from":0,"to":10000,"slots":[]}]}', 'its edges do not rise'],
    [
      'a.json',
      '{"edges":[50,100],"intervals":[{"from":0,"to":10000,"slots":[{"slot":"stable","requests":4,"errors":0,"latency":[[60,4]]}]}]}',
      'the interval from 1970-01-01 00:00:00 UTC to 1970-01-01 00:00:10 UTC has a bucket of stable that ends at 60, which',
    ],
  ])('%s of %j is refused', (file, text, problem) => {
    const read = () => readRecord(text, file);
    expect(read).toThrow(SluiceError);
    expect(read).toThrow(`${file} can't be judged: ${problem}`);
  });

  it('with counts that can not be true is inconclusive, and says so', () => {
    const csv = 'from,to,slot,requests,errors\n0,10000,canary,5,9\n0,10000,stable,-1,0';
    const { verdict, reasons } = replay(readRecord(csv, 'a.csv'), sequential, { minDuration: 0, maxDuration: 1 });
    expect(verdict).toBe('inconclusive');
    expect(reasons.at(-1)).toBe(
      '1 interval was left out, the last since canary has more errors, own requests or latencies than requests',
    );
  });

  it('of JSON may have times in milliseconds or ISO 8601, in any order', () => {
    const slots = [{ slot: 'canary', requests: 1, errors: 0, latency: [[50, 1]] }];
    const later = { from: '2026-11-01T10:00:10Z', to: '2026-11-01T10:00:20Z', slots };
    const first = { from: Date.UTC(2026, 10, 1, 10), to: Date.UTC(2026, 10, 1, 10, 0, 10), slots };
    const record = readRecord(JSON.stringify({ edges: [50], intervals: [later, first] }), 'a.json');
    expect(record.map(({ from }) => from)).toEqual([first.from, first.to]);
  });
});
