import { logSpaced } from './grid';

/**
 * How large a ratio of canary to baseline may be, by a test of every ratio of a grid, both ways: the logarithms of what bets
 * are worth that the true ratio is above it, and below it. No ratio is dismissed by chance more often than the verdict's risk,
 * however often one looks.
 */
export interface Bounds {
  above: number[];
  below: number[];
}

export const noBounds: Bounds = { above: [], below: [] };

/** Ratios that are asked about: of error rates, and of latencies. */
export const errorTimes = logSpaced(1 / 8, 32, 33);
export const latencyTimes = logSpaced(1 / 2, 4, 25);

/** A bet that is at least a little away from what it is against: it is no bet otherwise. */
export const leastOdds = 1.1;

/** Adds what an interval says of each ratio. */
export const addBounds = (
  bounds: Bounds,
  times: readonly number[],
  evidence: (ratio: number, side: keyof Bounds) => number,
  dispersion: number,
): Bounds => ({
  above: times.map((ratio, i) => (bounds.above[i] ?? 0) + evidence(ratio, 'above') / dispersion),
  below: times.map((ratio, i) => (bounds.below[i] ?? 0) + evidence(ratio, 'below') / dispersion),
});

/** The ratios that are not dismissed: `null` where the grid has no end to name. `risk`: 0 to 1, for both ends together. */
export function spanOf({ above, below }: Bounds, times: readonly number[], risk: number) {
  const enough = Math.log(2 / risk);
  const from = times.filter((_, i) => (above[i] ?? 0) >= enough).at(-1) ?? null;
  const to = times.find((_, i) => (below[i] ?? 0) >= enough) ?? null;
  return { from, to };
}
