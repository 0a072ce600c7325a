import type { Interval, Slot, SlotFigures } from '../analysis/figures';
import type { Histogram } from '../analysis/histogram';
import type { Layout } from '../analysis/layout';

/** Traffic without chance: so many requests as are expected, each interval what a whole number of them leaves over. */
export interface Expected {
  /** A second, to all slots together. */
  rate: number;
  latency: Histogram;
  slots: readonly { slot: Slot; release: string; share: number; errorRate: number }[];
}

/** The edges of history are so far apart; each of its buckets is taken apart, nearly as the router counts. */
const coarse = 1.1;
const parts = 4;
const layout: Layout = { factor: coarse ** (1 / parts), step: 0.001 };

/** Each edge with the share of requests that take no longer. Within a bucket of history they are spread evenly. */
export function sharesOf(latency: Histogram): [edge: number, share: number][] {
  const total = latency.reduce((sum, [, count]) => sum + count, 0);
  let below = 0;
  return latency.flatMap(([edge, count]) => {
    const before = below;
    below += count;
    return Array.from({ length: parts }, (_, i): [number, number] => [
      edge * coarse ** ((i + 1) / parts - 1),
      (before + (count * (i + 1)) / parts) / total,
    ]);
  });
}

/** The `index`-th interval of those that began at 0, times in ms. `shares`: of `sharesOf`. */
export function expectedInterval(
  { rate, slots }: Expected,
  shares: readonly (readonly [edge: number, share: number])[],
  { from, to, start, index }: { from: number; to: number; start: number; index: number },
): Interval {
  const figures = slots.flatMap(({ slot, release, share, errorRate }, order): SlotFigures[] => {
    const until = (time: number): number => Math.floor((rate * share * (time - start)) / 1000);
    const requests = until(to) - until(from);
    if (requests === 0) return [];
    const errors = Math.round(until(to) * errorRate) - Math.round(until(from) * errorRate);
    const latency = spread(requests, shares, (index * golden + order / 2) % 1);
    return [{ slot, release, requests, errors: Math.min(errors, requests), latency, synthetic: 0 }];
  });
  return { from, to, slots: figures, layout };
}

/** So many requests over the edges; `offset`, 0 to 1, says which of them get what is less than one. */
function spread(
  requests: number,
  shares: readonly (readonly [edge: number, share: number])[],
  offset: number,
): [number, number][] {
  let before = 0;
  return shares.flatMap(([edge, share]): [number, number][] => {
    const until = Math.min(requests, Math.floor(requests * share + offset));
    const count = until - before;
    before = until;
    return count > 0 ? [[edge, count]] : [];
  });
}

/** Its multiples fall evenly between 0 and 1. */
const golden = (Math.sqrt(5) - 1) / 2;
