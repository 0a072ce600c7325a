import { logMeanExp } from '../grid';

/** Chances that are bet on. */
export const coinChances: readonly number[] = [0.6, 0.7, 0.8, 0.9, 0.97];

/**
 * The logarithm of an e-value: what a bet pays that a coin falls so with `chance`, which is above 1/2. Its expected value is at
 * most 1 while the coin falls so with a chance of 1/2 at most.
 */
export const coinEvidence = (isHit: boolean, chance: number): number => Math.log(2 * (isHit ? chance : 1 - chance));

/** How many tosses in a row show it, at a `risk` of 0 to 1. */
export function leastTosses(risk: number, dispersion: number): number {
  const worth = (tosses: number) =>
    logMeanExp(coinChances.map((chance) => (tosses * coinEvidence(true, chance)) / dispersion));
  let tosses = 1;
  while (worth(tosses) < -Math.log(risk)) tosses += 1;
  return tosses;
}
