import { aSeries, sequentialSettings } from './testing/series';
import { sequentialJudge } from '../sequential';
import { errorTimes, latencyTimes, noBounds, spanOf } from './bounds';

const judge = sequentialJudge(sequentialSettings);

/** The spans of the error rate and of p95 after each interval. */
function spansOf(seed: number, harm: { errorRatio: number; latencyRatio: number }) {
  let state = judge.start(0);
  return aSeries(0, { seed, intervals: 60, rate: 600, ...harm }).map((interval) => {
    state = judge.observe(state, interval);
    const { comparisons } = judge.evidence(state, interval.to).abort;
    const of = (metric: string) => comparisons.find((comparison) => comparison.metric === metric)?.ratio;
    return { errors: of('error rate'), p95: of('latency p95') };
  });
}
const excludes = (span: { from: number | null; to: number | null } | undefined, ratio: number): boolean =>
  (span?.from ?? -Infinity) > ratio || (span?.to ?? Infinity) < ratio;

describe('the span of a ratio', () => {
  it('has no ends before anything is known', () => {
    expect(spanOf(noBounds, errorTimes, 0.05)).toEqual({ from: null, to: null });
  });

  it.each([
    [1, 1],
    [3, 1.5],
  ])('has the true one in it at every look: %p times the errors, %p times the latency', (errorRatio, latencyRatio) => {
    const runs = Array.from({ length: 40 }, (_, seed) => spansOf(seed + 1, { errorRatio, latencyRatio }));
    const wrong = (of: 'errors' | 'p95', ratio: number) =>
      runs.filter((looks) => looks.some((look) => excludes(look[of], ratio))).length;
    expect(wrong('errors', errorRatio)).toBeLessThanOrEqual(4);
    expect(wrong('p95', latencyRatio)).toBeLessThanOrEqual(4);
    const narrow = runs.map((looks) => looks.at(-1)?.p95).filter((span) => span?.from && span.to);
    expect(narrow.length).toBeGreaterThan(35);
    for (const span of narrow) expect((span?.to ?? Infinity) / (span?.from ?? 0)).toBeLessThan(1.6);
  });

  it('asks about ratios on both sides of what is alike', () => {
    for (const times of [errorTimes, latencyTimes]) {
      expect(Math.min(...times)).toBeLessThan(1);
      expect(Math.max(...times)).toBeGreaterThan(1);
    }
  });
});
