import { mergeHistograms, type Histogram } from '../histogram';
import { dispersionOf, leastBlocks, unknownDispersion } from './dispersion';
import { edgeOf, tailOf } from './latency';

/** What one instance of the baseline answered in one minute. */
export interface InstanceCell {
  instance: string;
  /** The number of its minute; minutes that follow each other have numbers that do. */
  block: number;
  requests: number;
  errors: number;
  latency: Histogram;
}

/** How much more errors, and slow requests by quantile, vary than chance alone makes them. */
export interface Dispersion {
  errors: number;
  latency: number[];
  /** Whether it comes of history, or is what is assumed without one. */
  isKnown: boolean;
}

export const assumedDispersion = (quantiles: readonly number[]): Dispersion => ({
  errors: unknownDispersion,
  latency: quantiles.map(() => unknownDispersion),
  isKnown: false,
});

/** By what the instances of the baseline answered before; assumed where that is less than half an hour. */
export function dispersionFrom(cells: readonly InstanceCell[], quantiles: readonly number[]): Dispersion {
  if (new Set(cells.map(({ block }) => block)).size < leastBlocks) return assumedDispersion(quantiles);
  const past = mergeHistograms(cells.map(({ latency }) => latency));
  const slow = (quantile: number) => {
    const edge = edgeOf(past, quantile);
    if (edge === null) return unknownDispersion;
    return dispersionOf(
      cells.map(({ instance, block, latency }) => {
        const { above, count } = tailOf(latency);
        return { instance, block, hits: above(edge), of: count };
      }),
    );
  };
  const failed = cells.map(({ instance, block, requests, errors }) => ({
    instance,
    block,
    hits: errors,
    of: requests,
  }));
  return { errors: dispersionOf(failed), latency: quantiles.map(slow), isKnown: true };
}
