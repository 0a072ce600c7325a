import { rootBetween } from './brent';
import type { Shift } from './metric';
import { normalQuantile } from './normal-quantile';
import { rankSumDeviation } from './rank-sum';

/**
 * By how much the canary is above the baseline: the shift of Hodges and Lehmann, and the interval of shifts that a rank sum test does
 * not reject; both by its normal approximation. Samples ascend and are not empty. `null` where there is no spread to go by.
 */
export function shiftBetween(canary: readonly number[], baseline: readonly number[], confidence: number): Shift | null {
  const least = (canary[0] ?? NaN) - (baseline.at(-1) ?? NaN);
  const most = (canary.at(-1) ?? NaN) - (baseline[0] ?? NaN);
  if (!(least < most) || !Number.isFinite(most - least)) return null;
  const deviation = rankSumDeviation(canary, baseline);
  const crossing = (level: number) =>
    rootBetween(
      (shift) => deviation(shift) - level,
      { at: least, value: deviation(least) - level },
      { at: most, value: deviation(most) - level },
    );
  const within = (level: number) => {
    if (deviation(least) <= level) return least;
    return deviation(most) >= level ? most : crossing(level);
  };
  const level = -normalQuantile((1 - confidence) / 2);
  return { estimate: crossing(0), from: within(level), to: within(-level) };
}

/** Whether samples of such a size are shown to differ when every point of the canary is above all of the baseline. */
export function canDiffer(canary: number, baseline: number, confidence: number): boolean {
  const pairs = canary * baseline;
  const furthest = (pairs - 1) / 2 / Math.sqrt((pairs / 12) * (canary + baseline + 1));
  return furthest > -normalQuantile((1 - confidence) / 2);
}
