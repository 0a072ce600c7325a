/** Chances that are bet on. */
export const coinChances: readonly number[] = [0.6, 0.7, 0.8, 0.9, 0.97];

/**
 * The logarithm of an e-value: what a bet pays that a coin falls so with `chance`, which is above 1/2. Its expected value is at
 * most 1 while the coin falls so with a chance of 1/2 at most.
 */
export const coinEvidence = (isHit: boolean, chance: number): number => Math.log(2 * (isHit ? chance : 1 - chance));
