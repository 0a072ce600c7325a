import type { EffectSize } from './metric';
import { mergedRanks } from './rank-sum';

/** How large the difference of two ascending samples is; `null` where it can't be told: a mean of zero has no multiple, and is none. */
export function effectOf(
  measure: EffectSize['measure'],
  canary: readonly number[],
  baseline: readonly number[],
): number | null {
  if (measure === 'cles') return shareAbove(canary, baseline);
  const ratio = meanOf(canary) / meanOf(baseline);
  return Number.isFinite(ratio) && ratio !== 0 ? ratio : null;
}

/** In how many of all pairs the canary's is above; where both are the same, half. */
function shareAbove(canary: readonly number[], baseline: readonly number[]): number {
  const { rankSum } = mergedRanks(canary, baseline, 0);
  const [own, other] = [canary.length, baseline.length];
  return (2 * rankSum - own * (own + 1)) / (2 * own * other);
}

/** Corrected by the mean of what is left, which takes back most of what rounding lost. */
export function meanOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return mean + values.reduce((sum, value) => sum + (value - mean), 0) / values.length;
}
