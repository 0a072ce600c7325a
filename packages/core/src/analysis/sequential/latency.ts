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

/** The smallest edge that no more than the rest of a quantile exceeds; `null` without values. */
export function edgeOf(past: Histogram, quantile: number): number | null {
  const all = countOf(past);
  let left = all;
  for (const [edge, count] of past) {
    left -= count;
    if (left / all <= 1 - quantile + rounding) return edge;
  }
  return null;
}

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
  const edge = edgeOf(past, quantile);
  if (edge === null) return null;
  const limit = edge * ratio;
  const canary = side === 'abort' ? surelyAbove(layout, limit) : perhapsAbove(layout, limit);
  return { baseline: edge, canary, q: (above(past, edge) + 0.5) / (countOf(past) + 1) };
}

export const slowCounts = (canary: Histogram, baseline: Histogram, slow: Slowness): Counts => ({
  canary: { hits: above(canary, slow.canary), of: countOf(canary) },
  baseline: { hits: above(baseline, slow.baseline), of: countOf(baseline) },
});
