import { countOf, mergeHistograms } from '../analysis/histogram';
import type { Instant, Interval } from '../analysis/figures';
import type { InstanceCell } from '../analysis/sequential/history';
import type { MetricSource } from '../ports';
import { contractOf, eventually, expectRefusedWhenAborted, quiet, type Disposable } from './contract';

/** What users did: so many requests, of which so many got a 5xx or no answer. */
export interface Load {
  requests: number;
  errors: number;
}

/** What the split of a harness wants to be told, and what every answer tells of it, and of `unwanted`: yes, and these amounts. */
export const toldByContract = {
  metrics: { said: 'ratio', rows: 'histogram', depth: 'gauge' },
  rows: 100,
  depth: 7,
} as const;

export interface MetricSourceHarness extends Disposable {
  metrics: MetricSource;
  query: { project: string; environment: string };
  now: () => Instant;
  /** Two releases with half of the traffic each. */
  releases: readonly [stable: string, canary: string];
  /** Traffic on both; resolves with what each release got, once it is answered. */
  load: (requests: number) => Promise<Record<string, Load>>;
  /** Time passes, so that what was counted is closed. */
  pass: () => void | Promise<void>;
  /** Moves all traffic to the first release. Left out where a source can't know the split. */
  changeSplit?: () => void | Promise<void>;
  /** How long a minute of its history is, in ms. Left out where the history is told from outside, not counted from `load`. */
  minute?: number;
}

const measure = ({ metrics, query }: MetricSourceHarness, from: Instant, to: Instant) =>
  metrics.measure({ ...query, from, to }, quiet());
/** All intervals from one time to another, each asked for from where the one before ended. */
const measureAll = async (harness: MetricSourceHarness, from: Instant, to: Instant): Promise<Interval[]> => {
  const intervals: Interval[] = [];
  let reached = from;
  await eventually('everything is closed', async () => {
    const interval = await measure(harness, reached, Math.max(to, harness.now()));
    if (interval.to > reached) intervals.push(interval);
    reached = interval.to;
    if (reached < to) await harness.pass();
    return reached >= to;
  });
  return intervals;
};
const total = (intervals: readonly Interval[], release: string): Load => {
  const slots = intervals.flatMap((interval) => interval.slots.filter((slot) => slot.release === release));
  const sum = (pick: (slot: (typeof slots)[number]) => number) => slots.reduce((all, slot) => all + pick(slot), 0);
  return { requests: sum(({ requests }) => requests), errors: sum(({ errors }) => errors) };
};
const history = ({ metrics, query }: MetricSourceHarness, until: Instant) =>
  metrics.history({ ...query, until }, quiet());
const totalOf = (cells: readonly InstanceCell[]): Load => ({
  requests: cells.reduce((sum, { requests }) => sum + requests, 0),
  errors: cells.reduce((sum, { errors }) => sum + errors, 0),
});
/** The history up to now, once it has so many requests. */
const remembered = async (harness: MetricSourceHarness, { requests }: Load): Promise<InstanceCell[]> => {
  let cells: InstanceCell[] = [];
  await eventually('all minutes are written down', async () => {
    await harness.pass();
    cells = await history(harness, harness.now());
    return totalOf(cells).requests >= requests;
  });
  return cells;
};
const nothing: Load = { requests: 0, errors: 0 };
const day = 86_400_000;

/** `make` gives a source that measured nothing yet. */
export const describeMetricSourceContract = contractOf<MetricSourceHarness>('a metric source', 30_000, (test) => {
  test('has no figures where there was no traffic', async (harness) => {
    const from = harness.now();
    await harness.pass();
    const intervals = await measureAll(harness, from, harness.now());
    expect(intervals.flatMap(({ slots }) => slots).filter(({ requests }) => requests > 0)).toEqual([]);
  });

  test('counts every request and every error once, by release', async (harness) => {
    const from = harness.now();
    const sent = await harness.load(300);
    const intervals = await measureAll(harness, from, harness.now());
    for (const release of harness.releases) expect(total(intervals, release)).toEqual(sent[release]);
  });

  test('counts on from where it ended, nothing twice and nothing missed', async (harness) => {
    const from = harness.now();
    const first = await harness.load(100);
    const early = await measureAll(harness, from, harness.now());
    const second = await harness.load(200);
    const late = await measureAll(harness, early.at(-1)?.to ?? from, harness.now());
    for (const release of harness.releases) {
      const [one, two] = [first[release], second[release]];
      expect(total([...early, ...late], release)).toEqual({
        requests: (one?.requests ?? 0) + (two?.requests ?? 0),
        errors: (one?.errors ?? 0) + (two?.errors ?? 0),
      });
    }
  });

  test('gives the same for the same closed interval', async (harness) => {
    const from = harness.now();
    await harness.load(100);
    const [first] = await measureAll(harness, from, harness.now());
    if (!first) throw new Error('nothing was measured');
    expect(await measure(harness, first.from, first.to)).toEqual(first);
  });

  test('ends between the times that it was asked for, and at the first where nothing is closed', async (harness) => {
    const from = harness.now();
    const none = await measure(harness, from, from);
    expect(none).toMatchObject({ from, to: from, slots: [] });
    await harness.load(50);
    const interval = await measure(harness, from, from + 3_600_000);
    expect(interval.from).toBe(from);
    expect(interval.to).toBeGreaterThanOrEqual(from);
    expect(interval.to).toBeLessThanOrEqual(harness.now());
  });

  test('gives whole counts, and latencies in ascending buckets', async (harness) => {
    const from = harness.now();
    await harness.load(200);
    const slots = (await measureAll(harness, from, harness.now())).flatMap((interval) => interval.slots);
    expect(slots.length).toBeGreaterThan(0);
    for (const { requests, errors, synthetic, latency } of slots) {
      expect([requests, errors, synthetic].every((count) => Number.isInteger(count) && count >= 0)).toBe(true);
      expect(Math.max(errors, synthetic)).toBeLessThanOrEqual(requests);
      expect(countOf(latency)).toBeLessThanOrEqual(requests);
      expect(mergeHistograms([latency])).toEqual(latency);
      expect(latency.every(([edge, count]) => edge > 0 && Number.isInteger(count) && count > 0)).toBe(true);
    }
    const keys = slots.map(({ slot }) => slot);
    expect(new Set(keys)).toEqual(new Set(['stable', 'canary']));
  });

  test('tells what each answer told of itself, once, by release, and nothing that the route does not want', async (harness) => {
    const from = harness.now();
    const sent = await harness.load(200);
    const told = (await measureAll(harness, from, harness.now())).flatMap(({ metrics = {} }) =>
      Object.entries(metrics),
    );
    expect(new Set(told.map(([name]) => name))).toEqual(new Set(Object.keys(toldByContract.metrics)));
    for (const release of harness.releases) {
      const { requests } = sent[release] ?? nothing;
      const mine = told.flatMap(([, { kind, slots }]) =>
        slots.filter((slot) => slot.release === release).map((slot) => ({ kind, ...slot })),
      );
      const sum = (numbers: readonly number[]) => numbers.reduce((all, number) => all + number, 0);
      const shares = mine.flatMap((slot) => ('hits' in slot ? [slot] : []));
      expect([sum(shares.map(({ hits }) => hits)), sum(shares.map(({ of }) => of))]).toEqual([requests, requests]);
      const amounts = mergeHistograms(mine.flatMap((slot) => ('values' in slot ? [slot.values] : [])));
      expect(amounts.map(([, count]) => count)).toEqual([requests]);
      const means = mine.flatMap((slot) => ('sum' in slot ? [slot.sum / slot.count] : []));
      const found = [
        ...amounts.map(([edge]) => edge / toldByContract.rows),
        ...means.map((mean) => mean / toldByContract.depth),
      ];
      expect(found.length).toBeGreaterThan(1);
      for (const times of found) expect([times > 0.999_999, times < 1.09]).toEqual([true, true]);
    }
  });

  test('ends an interval where the split changes', async (harness) => {
    if (!harness.changeSplit) return;
    const from = harness.now();
    await harness.load(100);
    await harness.changeSplit();
    const changed = harness.now();
    await harness.load(100);
    const intervals = await measureAll(harness, from, harness.now());
    expect(intervals.filter((interval) => interval.from < changed && changed < interval.to)).toEqual([]);
  });

  test('remembers what the instances of the stable slot answered, once their minutes are over', async (harness) => {
    if (harness.minute === undefined) return;
    const [stable] = harness.releases;
    const [first, second] = [await harness.load(100), await harness.load(200)];
    const [one, two] = [first[stable] ?? nothing, second[stable] ?? nothing];
    const sent = { requests: one.requests + two.requests, errors: one.errors + two.errors };
    expect(totalOf(await remembered(harness, sent))).toEqual(sent);
  });

  test('remembers each minute of an instance once, in whole counts and ascending buckets', async (harness) => {
    const sent = await harness.load(200);
    const least = harness.minute === undefined ? nothing : (sent[harness.releases[0]] ?? nothing);
    const cells = await remembered(harness, least);
    expect(cells.length).toBeGreaterThan(0);
    for (const { block, requests, errors, latency } of cells) {
      expect([block, requests, errors].every((count) => Number.isInteger(count) && count >= 0)).toBe(true);
      expect(errors).toBeLessThanOrEqual(requests);
      expect(countOf(latency)).toBeLessThanOrEqual(requests);
      expect(mergeHistograms([latency])).toEqual(latency);
      expect(latency.every(([edge, count], i) => edge > (latency[i - 1]?.[0] ?? 0) && count > 0)).toBe(true);
    }
    expect(new Set(cells.map(({ instance, block }) => `${block}/${instance}`)).size).toBe(cells.length);
  });

  test('tells the history of the day before a time, and nothing of a minute that was not over by then', async (harness) => {
    const { minute } = harness;
    if (minute === undefined) return;
    const before = harness.now();
    const sent = (await harness.load(200))[harness.releases[0]] ?? nothing;
    const whole = await remembered(harness, sent);
    expect(await history(harness, before)).toEqual([]);
    const ends = whole.map(({ block }) => (block + 1) * minute).sort((one, other) => one - other);
    for (const until of [ends[0] ?? 0, (ends.at(-1) ?? 0) - 1, ends.at(-1) ?? 0, (ends[0] ?? 0) - minute + day]) {
      const over = ({ block }: InstanceCell) => (block + 1) * minute <= until && block * minute >= until - day;
      expect(new Set(await history(harness, until))).toEqual(new Set(whole.filter(over)));
    }
    expect(await history(harness, (ends.at(-1) ?? 0) + day)).toEqual([]);
  });

  test('refuses to begin when the signal has fired before', async (harness) => {
    const { metrics, query, now } = harness;
    await expectRefusedWhenAborted((signal) => metrics.measure({ ...query, from: now(), to: now() }, signal));
    await expectRefusedWhenAborted((signal) => metrics.history({ ...query, until: now() }, signal));
  });
});
