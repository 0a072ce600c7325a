import type { HistogramFigures } from '../../custom-figures';
import { mergeHistograms, type Histogram } from '../../histogram';
import { beginOf, type Layout } from '../../layout';

/** Where 1 / 0 ends: a number, so that it survives JSON. */
export const endless = 1e300;

/** Amounts so that higher is worse: where lower is, 1 / each. A bucket ends where the worst that is in it may be. */
export function badAmounts(figures: readonly HistogramFigures[], layout: Layout, worse: 'higher' | 'lower'): Histogram {
  const values = mergeHistograms(figures.map((one) => one.values));
  if (worse === 'higher') return values;
  return [...values].reverse().map(([end, count]) => [Math.min(endless, 1 / beginOf(layout, end)), count]);
}
