import fc from 'fast-check';
import { oddIntervals } from '../testing/odd-intervals';
import { aSeries, sequentialSettings } from './sequential/testing/series';
import { someMetrics } from './sequential/testing/telling';
import { sequentialJudge, type SequentialState } from './sequential';
import type { Interval } from './figures';
import { latencyLayout } from '../testing/latencies';

const judge = sequentialJudge(sequentialSettings);
const start = 1_000_000;
const parse: (text: string) => SequentialState = JSON.parse;
const observed = (intervals: readonly Interval[]): SequentialState =>
  intervals.reduce((state, interval) => judge.observe(state, interval), judge.start(start));
const verdicts = (state: SequentialState) => {
  const { abort, promote } = judge.evidence(state, state.to);
  return [abort.verdict, promote.verdict];
};
/** When a verdict came, in seconds from the start; `null` if none did. */
function firstOf(which: 'abort' | 'promote', intervals: readonly Interval[]): number | null {
  let state = judge.start(start);
  for (const interval of intervals) {
    state = judge.observe(state, interval);
    const { abort, promote } = judge.evidence(state, state.to);
    const isThere = which === 'abort' ? abort.verdict === 'fail' : promote.verdict === 'pass';
    if (isThere) return (interval.to - start) / 1000;
  }
  return null;
}

describe('the sequential judge', () => {
  it('says nothing before it has seen anything', () => {
    expect(verdicts(judge.start(start))).toEqual(['pass', 'inconclusive']);
  });

  it('promotes a release that is like the baseline, and does not abort it', () => {
    const series = aSeries(start, { seed: 1, intervals: 180 });
    expect(firstOf('abort', series)).toBeNull();
    expect(firstOf('promote', series)).toBeLessThan(1200);
  });

  it.each([
    ['five times the errors', { errorRatio: 5 }, 180],
    ['errors of one in twenty', { errorRatio: 10 }, 60],
    ['twice the latency', { latencyRatio: 2 }, 60],
  ])('aborts %s soon, and says by what', (_, harm, within) => {
    const series = aSeries(start, { seed: 2, intervals: 120, ...harm });
    const seconds = firstOf('abort', series);
    expect(seconds).not.toBeNull();
    expect(seconds).toBeLessThanOrEqual(within);
    const state = observed(series.slice(0, (seconds ?? 0) / 10));
    expect(judge.evidence(state, state.to).abort.reasons[0]).toMatch(
      /^(error rate|latency p\d+) .* is above its limit .* times the baseline's \(/,
    );
  });

  it('says that what is within its limit over all of the step became worse in it', () => {
    const late = [
      ...aSeries(start, { seed: 4, intervals: 720 }),
      ...aSeries(start + 7_200_000, { seed: 5, intervals: 60, errorRatio: 5 }),
    ];
    const seconds = firstOf('abort', late);
    const state = observed(late.slice(0, (seconds ?? 0) / 10));
    const { abort } = judge.evidence(state, state.to);
    expect(abort.verdict).toBe('fail');
    expect(abort.comparisons[0]?.ok).toBe(true);
    expect(abort.reasons[0]).toMatch(/^error rate became worse in this step: over all of it error rate/);
  });

  it('says which part of the evidence is of its own making', () => {
    const own = aSeries(start, { seed: 1, intervals: 180 }).map((interval) => ({
      ...interval,
      slots: interval.slots.map((slot) => ({ ...slot, synthetic: Math.round(slot.requests / 4) })),
    }));
    const state = observed(own);
    expect(judge.evidence(state, state.to).promote.reasons.join()).toMatch(/; 25 % of the canary's were Sluice's own/);
  });

  it.each([
    ['as it was to be', 5, 'pass'],
    ['otherwise', 10, 'inconclusive'],
    ['by client, which nobody can foresee', null, 'pass'],
  ])('when requests fell to the slots %s: %s %% of them gives %s', (_, share, verdict) => {
    const series = aSeries(start, { seed: 1, intervals: 180 });
    const state = series.reduce((all, interval) => judge.observe(all, interval), judge.start(start, start, share));
    const { promote } = judge.evidence(state, state.to);
    expect(promote.verdict).toBe(verdict);
    const why = /traffic split mismatch: the canary got 5\.\d % instead of 10 %/;
    expect(why.test(promote.reasons.join())).toBe(verdict !== 'pass');
  });

  it('names the quantiles that coarse buckets can not show', () => {
    const edges = [50, 100, 200, 400, 800, 1600];
    const coarse = aSeries(start, { seed: 1, intervals: 100 }).map((interval) => ({
      ...interval,
      layout: { edges },
      slots: interval.slots.map((slot) => ({
        ...slot,
        latency: edges.flatMap((edge, i): [number, number][] => {
          const inside = slot.latency.filter(([end]) => end <= edge && end > (edges[i - 1] ?? 0));
          const count = inside.reduce((sum, [, values]) => sum + values, 0);
          return count > 0 ? [[edge, count]] : [];
        }),
      })),
    }));
    const state = observed(coarse);
    const { promote } = judge.evidence(state, state.to);
    expect(promote.verdict).toBe('inconclusive');
    expect(promote.reasons).toContain('latency p95: its buckets are too coarse to show a margin');
  });

  it('does not abort by two intervals, whatever is in them', () => {
    const series = aSeries(start, { seed: 3, intervals: 2, errorRatio: 200, latencyRatio: 50 });
    expect(firstOf('abort', series)).toBeNull();
  });

  it('finds a regression that begins late', () => {
    const late = [
      ...aSeries(start, { seed: 4, intervals: 180 }),
      ...aSeries(start + 1_800_000, { seed: 5, intervals: 60, errorRatio: 5 }),
    ];
    const seconds = firstOf('abort', late);
    expect(seconds).toBeGreaterThan(1800);
    expect(seconds).toBeLessThan(1800 + 300);
  });

  it('goes on after a restart as if there had been none', () => {
    const series = aSeries(start, { seed: 6, intervals: 90 });
    const resumed = series.reduce<SequentialState>(
      (state, interval) => judge.observe(parse(JSON.stringify(state)), interval),
      judge.start(start),
    );
    expect(resumed).toEqual(observed(series));
  });

  it('keeps its state small, however long it watches', () => {
    const state = observed(aSeries(start, { seed: 7, intervals: 2000 }));
    expect(JSON.stringify(state).length).toBeLessThan(64 * 1024);
  });

  it('counts no interval twice, and none that came too late', () => {
    const series = aSeries(start, { seed: 8, intervals: 10 });
    const state = observed(series);
    const again = series.reduce((all, interval) => judge.observe(all, interval), state);
    expect({ ...again, dropped: null }).toEqual(state);
    expect(again.dropped?.count).toBe(10);
  });

  it('does not promote what nobody used', () => {
    const idle = Array.from({ length: 60 }, (_, i): Interval => ({
      ...{ from: start + i * 10_000, to: start + (i + 1) * 10_000 },
      slots: [],
      layout: latencyLayout,
    }));
    const state = observed(idle);
    expect(verdicts(state)).toEqual(['pass', 'inconclusive']);
    expect(judge.evidence(state, state.to).promote.reasons[0]).toContain('no data: the canary and the baseline');
  });

  it('never passes and never throws on data that can not be true', () => {
    fc.assert(
      fc.property(oddIntervals, (intervals) => {
        for (const each of [judge, sequentialJudge({ ...sequentialSettings, metrics: someMetrics })]) {
          const state = intervals.reduce((all, interval) => each.observe(all, interval), each.start(start));
          const { abort, promote } = each.evidence(state, start);
          expect(promote.verdict).not.toBe('pass');
          expect([...abort.reasons, ...promote.reasons].join()).not.toMatch(/NaN|undefined/);
          expect(parse(JSON.stringify(state))).toEqual(state);
        }
      }),
    );
  });
});
