import { countOf, type Histogram } from '../histogram';
import type { Counts } from './errors';
import { perhapsAbove, surelyAbove, type Layout } from '../layout';

/** What counts as slow for one quantile: by the past of the baseline, chosen anew at each interval. */
export interface Slowness {
  /** A baseline request above it is slow, in ms. */
  baseline: number;
  /** A canary request above it is slow: the margin times that, as far as the buckets can tell. */
  canary: number;
  /** The share of the baseline that is slow, as the past has it. */
  q: number;
}

export const above = (histogram: Histogram, edge: number): number =>
  histogram.reduce((sum, [end, count]) => (end > edge ? sum + count : sum), 0);

/** 1 - 0.9 is a little less than 0.1. */
const rounding = 1e-12;

/**
 * @param past everything that the baseline answered before this interval
 * @param side to abort, only what is surely slower counts; to promote, whatever may be
 * @returns `null` without a past
 */
export function slownessOf(
  past: Histogram,
  quantile: number,
  ratio: number,
  side: 'abort' | 'promote',
  layout: Layout,
): Slowness | null {
  const all = countOf(past);
  if (all === 0) return null;
  let left = all;
  for (const [edge, count] of past) {
    left -= count;
    if (left / all > 1 - quantile + rounding) continue;
    const limit = edge * ratio;
    const canary = side === 'abort' ? surelyAbove(layout, limit) : perhapsAbove(layout, limit);
    return { baseline: edge, canary, q: (left + 0.5) / (all + 1) };
  }
  return null;
}

export const slowCounts = (canary: Histogram, baseline: Histogram, slow: Slowness): Counts => ({
  canary: { hits: above(canary, slow.canary), of: countOf(canary) },
  baseline: { hits: above(baseline, slow.baseline), of: countOf(baseline) },
});
