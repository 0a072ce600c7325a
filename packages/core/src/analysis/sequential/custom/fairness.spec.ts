import type { MetricSettings } from '../../../config/schema';
import type { CustomFigures } from '../../custom-figures';
import type { Interval } from '../../figures';
import type { Layout } from '../../layout';
import { binomials } from '../testing/binomials';
import { observeMetric, startMetric, type MetricState } from './metric';

const trust = { cap: Infinity, dispersion: 1, marks: 0 };
const weight = 0.5;

const interval = (told: CustomFigures, at: number): Interval => ({
  ...{ from: at, to: at + 1, slots: [], layout: { edges: [] } },
  metrics: { it: told },
});
const whose = { canary: { slot: 'canary', release: 'b' }, baseline: { slot: 'stable', release: 'a' } } as const;

/** What one more interval pays, alternative by alternative. */
function paid(before: MetricState, told: CustomFigures, settings: MetricSettings) {
  const after = observeMetric(before, interval(told, 2), 'it', settings, trust);
  const [old, next] = [before.strands[0], after.strands[0]];
  return {
    abort: (next?.abort.logs ?? []).map((log, i) => Math.exp(log - (old?.abort.logs[i] ?? 0))),
    promote: (next?.promote ?? []).map((log, i) => Math.exp(log - (old?.promote[i] ?? 0))),
  };
}

/** The largest mean of what is paid, over all alternatives, where each arm has so many bad ones of so many by these chances. */
function meanOf(
  side: 'abort' | 'promote',
  settings: MetricSettings,
  past: CustomFigures,
  figures: (own: number, other: number) => CustomFigures,
  arms: { canary: { n: number; p: number }; baseline: { n: number; p: number } },
): number {
  const before = observeMetric(startMetric(settings), interval(past, 0), 'it', settings, trust);
  const means: number[] = [];
  for (const [own, chance] of binomials(arms.canary.n, arms.canary.p).entries())
    for (const [other, otherChance] of binomials(arms.baseline.n, arms.baseline.p).entries())
      for (const [i, pay] of paid(before, figures(own, other), settings)[side].entries())
        means[i] = (means[i] ?? 0) + chance * otherChance * pay;
  expect(means.length).toBeGreaterThan(4);
  return Math.max(...means);
}

const sizes = [
  [1, 3],
  [6, 20],
  [12, 6],
] as const;
const chances = [0.02, 0.2, 0.5] as const;
const cases = (['higher', 'lower'] as const).flatMap((worse) =>
  (['abort', 'promote'] as const).flatMap((side) =>
    sizes.flatMap(([n, m]) => chances.map((p) => ({ worse, side, n, m, p }))),
  ),
);

describe('amounts in coarse buckets', () => {
  it.each([
    ['higher', 4, 20],
    ['lower', 20, 4],
  ] as const)('still show what is far beyond the margin, where %s is worse', (worse, before, now) => {
    const settings: MetricSettings = {
      ...{ kind: 'histogram', worse, weight, quantiles: [0.5], abort: { ratio: 1.1 }, promote: { ratio: 1.25 } },
    };
    const told = (amount: number): CustomFigures => ({
      ...{ kind: 'histogram', layout: { edges: [1, 2, 4, 10, 20, 40] } },
      slots: [
        { ...whose.canary, values: [[amount, 20]] },
        { ...whose.baseline, values: [[before, 20]] },
      ],
    });
    const past = observeMetric(startMetric(settings), interval(told(before), 0), 'it', settings, trust);
    const { abort, promote } = paid(past, told(now), settings);
    expect(Math.max(...abort)).toBeGreaterThan(20);
    expect(Math.max(...promote)).toBeLessThan(1);
  });
});

describe('a bet on a ratio', () => {
  const margin = { ratio: 1.2, absolute: 0.01 };

  it.each(cases)('pays nothing on average at its margin: %p', ({ worse, side, n, m, p }) => {
    const settings: MetricSettings = { kind: 'ratio', worse, weight, abort: margin, promote: margin };
    const isTurned = worse === 'lower';
    const told = (own: number, other: number): CustomFigures => ({
      kind: 'ratio',
      slots: [
        { ...whose.canary, hits: isTurned ? n - own : own, of: n },
        { ...whose.baseline, hits: isTurned ? m - other : other, of: m },
      ],
    });
    const arms = { canary: { n, p: margin.ratio * p + margin.absolute }, baseline: { n: m, p } };
    expect(meanOf(side, settings, told(0, 1), told, arms)).toBeLessThanOrEqual(1 + 1e-5);
  });
});

describe('a bet on a quantile of amounts', () => {
  const layout: Layout = { factor: 1.0001, step: 0 };
  const margin = { ratio: 1.5 };

  it.each(cases)('pays nothing on average at its margin: %p', ({ worse, side, n, m, p }) => {
    const settings: MetricSettings = {
      ...{ kind: 'histogram', worse, weight, quantiles: [0.5], abort: margin, promote: margin },
    };
    // the canary's amounts are those of the baseline, times the margin that way
    const [good, bad] = worse === 'higher' ? [8, 12] : [12, 8];
    const times = worse === 'higher' ? margin.ratio : 1 / margin.ratio;
    const values = (of: number, worst: number, by: number) =>
      [[good * by, of - worst] as const, [bad * by, worst] as const]
        .filter(([, count]) => count > 0)
        .sort(([a], [b]) => a - b);
    const told = (own: number, other: number): CustomFigures => ({
      kind: 'histogram',
      layout,
      slots: [
        { ...whose.canary, values: values(n, own, times) },
        { ...whose.baseline, values: values(m, other, 1) },
      ],
    });
    const past = told(0, Math.floor(m / 3));
    expect(meanOf(side, settings, past, told, { canary: { n, p }, baseline: { n: m, p } })).toBeLessThanOrEqual(
      1 + 1e-5,
    );
  });
});
