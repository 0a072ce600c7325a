/**
 * What one interval may add at most to the logarithm of the evidence to abort. Two and a half intervals can just reach 1/alpha
 * with the half of the stake that is set before the first mark: a hiccup of half a minute, which fills two intervals and
 * begins and ends within two more, is no regression (ADR 17). A smaller e-value is still an e-value.
 */
export const capOf = (alpha: number): number => Math.log(2 / alpha - 1) / 2.5;
