/**
 * What one interval may add at most to the logarithm of the evidence to abort. Two intervals can not reach 1/alpha with the
 * half of the stake that is set before the first mark: a hiccup is no regression. A smaller e-value is still an e-value.
 */
export const capOf = (alpha: number): number => Math.log(2 / alpha - 1) / 2;
