import { countOf, mergeHistograms, type Histogram } from '../histogram';
import { perhapsAbove, surelyAbove, type Scale } from '../layout';
import type { Counts } from './errors';

/** One interval of latency, and what both answered in those before it. */
export interface Latencies {
  canary: Tail;
  baseline: Tail;
  past: { canary: Tail; baseline: Histogram };
  layout: Scale;
}

/** How many values of a histogram are above an edge, asked often. */
export interface Tail {
  count: number;
  above(edge: number): number;
}

export function tailOf(histogram: Histogram): Tail {
  const count = countOf(histogram);
  let left = count;
  const rest = histogram.map(([, inBucket]) => (left -= inBucket));
  return {
    count,
    above(edge) {
      let [low, high] = [0, histogram.length]; // the first bucket that ends above the edge
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((histogram[middle]?.[0] ?? Infinity) > edge) high = middle;
        else low = middle + 1;
      }
      return low === 0 ? count : (rest[low - 1] ?? 0);
    },
  };
}

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

/** What counts as slow for one quantile: by the past of the baseline, chosen anew at each interval. */
export interface Slowness {
  /** A baseline request above it is slow, in ms. */
  edge: number;
  /** The share of the baseline that is slow, as the past has it. */
  q: number;
  /**
   * A canary request above it is slow: so many times that edge, as far as the buckets can tell. To abort, only what is surely
   * slower counts; to promote, whatever may be.
   */
  limit(ratio: number, side: 'abort' | 'promote'): number;
}

/** The ratios that buckets let us tell, where others were asked about; `null` for none. */
export interface Reach {
  abort: number | null;
  promote: number | null;
}

/**
 * @param past everything that the baseline answered before this interval
 * @returns `null` without a past
 */
export function slownessOf(past: Histogram, quantile: number, layout: Scale): Slowness | null {
  const edge = edgeOf(past, quantile);
  if (edge === null) return null;
  const tail = tailOf(past);
  return {
    edge,
    q: (tail.above(edge) + 0.5) / (tail.count + 1),
    limit: (ratio, side) => (side === 'abort' ? surelyAbove : perhapsAbove)(layout, edge * ratio),
  };
}

export const slowCounts = (
  { canary, baseline }: Pick<Latencies, 'canary' | 'baseline'>,
  { edge, limit }: Slowness,
  ratio: number,
  side: 'abort' | 'promote',
): Counts => ({
  canary: { hits: canary.above(limit(ratio, side)), of: canary.count },
  baseline: { hits: baseline.above(edge), of: baseline.count },
});

/** A histogram in buckets that are no finer than `factor`, added to another, so that a state stays small. */
export function remember(past: Histogram, added: Histogram, factor: number): Histogram {
  const coarse = new Map<number, number>();
  for (const [edge, count] of added) {
    const end = edge > 0 ? factor ** Math.ceil(Math.log(edge) / Math.log(factor) - 1e-9) : 0;
    coarse.set(end, (coarse.get(end) ?? 0) + count);
  }
  return mergeHistograms([past, [...coarse].sort(([a], [b]) => a - b)]);
}
