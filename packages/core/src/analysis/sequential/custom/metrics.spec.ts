import type { Interval } from '../../figures';
import { sequentialJudge, type SequentialState } from '../../sequential';
import { aSeries, sequentialSettings } from '../testing/series';
import { someMetrics, telling } from '../testing/telling';
import type { MetricsSettings } from './metrics';

const start = 1_000_000;
const parse: (text: string) => SequentialState = JSON.parse;
const judgeOf = (metrics: MetricsSettings) => sequentialJudge({ ...sequentialSettings, metrics });
const judge = judgeOf(someMetrics);
const observed = (intervals: readonly Interval[], by = judge): SequentialState =>
  intervals.reduce((state, interval) => by.observe(state, interval), by.start(start));
const series = (intervals: number, times: Readonly<Record<string, number>> = {}) =>
  telling(aSeries(start, { seed: 1, intervals }), someMetrics, 2, times);
const usual = series(180);
const reasonsOf = (intervals: readonly Interval[], asked: 'proof' | 'no objection' = 'proof') => {
  const state = observed(intervals);
  const { abort, promote } = judge.evidence(state, state.to, asked);
  return { abort, promote, said: promote.reasons.join('; ') };
};
const without = (name: string, slot: 'canary' | 'stable') => (interval: Interval) => {
  const { [name]: told, ...rest } = interval.metrics ?? {};
  if (told?.kind !== 'gauge') throw new Error('of another kind');
  const slots = told.slots.filter((one) => one.slot !== slot);
  return { ...interval, metrics: { ...rest, [name]: { ...told, slots } } };
};

describe('metrics that services tell of themselves', () => {
  it('say nothing before anything was told', () => {
    const { abort, promote } = reasonsOf([]);
    expect([abort.verdict, promote.verdict]).toEqual(['pass', 'inconclusive']);
  });

  it('are promoted all together, each shown with its ratio and span', () => {
    const { promote, said } = reasonsOf(usual);
    expect(promote.verdict).toBe('pass');
    for (const name of ['misses', 'not hits', 'rows p50', 'rows p95', 'speed p50', 'speed p5', 'queue', 'free'])
      expect(said).toMatch(new RegExp(`; ${name}, \\d\\.\\d\\d times the baseline's \\((at |0|1)`));
  });

  it.each([
    ['misses', 3, /^misses \d+\.\d+ % is above its limit of 5\.\d+ %/],
    ['hits', 0.7, /^not hits \d+\.\d+ % is above its limit of 1\d\.\d+ %/],
    ['rows', 2, /^rows p\d+ \d+ is above its limit of \d+ \(baseline \d+\), [12]\.\d+ times/],
    ['speed', 0.5, /^speed p\d+ [\d.]+ is below its limit of [\d.]+ \(baseline [\d.]+\), 0\.\d+ times/],
    ['queue', 1.5, /^queue 1[45]\.?\d* is above its limit of 1[01]\.?\d* \(baseline [\d.]+\), 1\.[45]\d times/],
    ['free', 0.6, /^free [56]\.?\d* is below its limit of [89]\.?\d* \(baseline [\d.]+\), 0\.[56]\d times/],
  ])('name %s where that is worse', (name, times, why) => {
    const { abort } = reasonsOf(series(60, { [name]: times }));
    expect(abort.verdict).toBe('fail');
    expect(abort.reasons[0]).toMatch(why);
  });

  it('have spans that the true ratio is in', () => {
    const { comparisons } = reasonsOf(series(180, { misses: 1.3, rows: 1.2, speed: 0.8, queue: 1.2, free: 0.8 })).abort;
    const expected = { misses: 1.3, 'rows p50': 1.2, 'speed p50': 0.8, queue: 1.2, free: 0.8 };
    for (const [metric, times] of Object.entries(expected)) {
      const { from, to } = comparisons.find((one) => one.metric === metric)?.ratio ?? { from: null, to: null };
      expect([from !== null && from <= times, to !== null && to >= times]).toEqual([true, true]);
    }
  });

  it('stay out of the way of two intervals, whatever is in them', () => {
    const times = { misses: 20, hits: 0, rows: 100, speed: 0.01, queue: 100, free: 0 };
    expect(reasonsOf(series(2, times)).abort.verdict).toBe('pass');
  });

  it.each([
    ['canary', /custom metric queue: no data from the canary;/],
    ['stable', /custom metric queue: no data from the baseline;/],
  ] as const)('are no pass while one is not told by %s, only no objection, and that is said', (slot, why) => {
    const intervals = usual.map(without('queue', slot));
    const { promote, said } = reasonsOf(intervals);
    expect(promote.verdict).toBe('inconclusive');
    expect(said).toMatch(why);
    expect(said).not.toContain('queue: evidence');
    const asked = reasonsOf(intervals, 'no objection');
    expect(asked.promote.verdict).toBe('pass');
    expect(`${asked.said};`).toMatch(why);
  });

  it('are no pass when one is told no longer', () => {
    const { promote, said } = reasonsOf([...usual.slice(0, 150), ...usual.slice(150).map(without('queue', 'canary'))]);
    expect(promote.verdict).toBe('inconclusive');
    expect(said).toContain('custom metric queue: no data from the canary for too long');
  });

  it('are compared with a fresh instance of the old release where there is one', () => {
    const fresh = series(180, { queue: 2 }).map((interval) => ({
      ...interval,
      slots: interval.slots.flatMap((slot) => (slot.slot === 'canary' ? [slot] : [slot, { ...slot, slot: 'baseline' as const }])), // prettier-ignore
    }));
    expect(reasonsOf(fresh).said).toContain('custom metric queue: no data from the baseline');
  });

  it('leave an interval out whose figures can not be true, and say which', () => {
    const [first, second = first] = series(2);
    if (!first || !second) throw new Error('no intervals');
    const slots = [{ slot: 'canary' as const, release: 'a', hits: 3, of: 2 }];
    const state = observed([first, { ...second, metrics: { misses: { kind: 'ratio', slots } } }]);
    expect(state.dropped).toEqual({ count: 1, reason: 'custom metric misses has more hits than there is to hit' });
    expect(state.to).toBe(first.to);
  });

  it('go on after a restart as if there had been none', () => {
    const intervals = series(60);
    const resumed = intervals.reduce<SequentialState>(
      (state, interval) => judge.observe(parse(JSON.stringify(state)), interval),
      judge.start(start),
    );
    expect(resumed).toEqual(observed(intervals));
  });

  it('keep a state small, however many they are and however long it watches', () => {
    const margins = { abort: { ratio: 1.1 }, promote: { ratio: 1.25 } };
    const largest: MetricsSettings[string] = {
      ...{ kind: 'histogram', worse: 'higher', weight: 0.5, quantiles: [0.5, 0.9, 0.99], ...margins },
    };
    const metrics = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`amount-${i}`, largest]));
    const many = telling(aSeries(start, { seed: 7, intervals: 200 }), metrics, 3);
    const size = JSON.stringify(observed(many, judgeOf(metrics))).length;
    expect(size).toBeLessThan(64 * 1024);
  });
});
