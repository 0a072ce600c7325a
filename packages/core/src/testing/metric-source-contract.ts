import { countOf, mergeHistograms } from '../analysis/histogram';
import type { Instant, Interval } from '../analysis/figures';
import type { MetricSource } from '../ports';
import { contractOf, eventually, expectRefusedWhenAborted, quiet, type Disposable } from './contract';

/** What users did: so many requests, of which so many got a 5xx or no answer. */
export interface Load {
  requests: number;
  errors: number;
}

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

  test('refuses to begin when the signal has fired before', async (harness) => {
    const { metrics, query, now } = harness;
    await expectRefusedWhenAborted((signal) => metrics.measure({ ...query, from: now(), to: now() }, signal));
  });
});
