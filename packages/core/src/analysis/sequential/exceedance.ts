import type { Counts } from './errors';
import { logSpaced } from './grid';

const odds = logSpaced(1.15, 20, 12);

/** Odds ratios that are bet on: to abort, slow requests are more frequent in the canary; to promote, less. */
export const oddsRatios = { abort: odds, promote: odds.map((o) => 1 / o) };

/**
 * The logarithm of an e-value: what a bet pays that the odds of a slow request are `odds` times those of the baseline. Its
 * expected value is at most 1 while the canary has no more slow requests (no fewer, for `odds` below 1).
 * @param q the share of slow requests that the past of the baseline gives
 */
export function exceedanceEvidence({ canary, baseline }: Counts, q: number, odds: number): number {
  if (canary.of === 0 || baseline.of === 0) return 0;
  const q1 = (odds * q) / (1 - q + odds * q);
  const q0 = (canary.of * q1 + baseline.of * q) / (canary.of + baseline.of);
  const side = ({ hits, of }: Counts['canary'], p: number) =>
    hits * Math.log(p / q0) + (of - hits) * Math.log((1 - p) / (1 - q0));
  return side(canary, q1) + side(baseline, q);
}
