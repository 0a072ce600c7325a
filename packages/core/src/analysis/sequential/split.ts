/** Requests of one slot, and the share of traffic that it was to get, in whole per cent. */
export interface SlotCount {
  weight: number;
  requests: number;
}

/** As much as is believed before anything was counted: like so many requests that fell as they should. */
const prior = 1000;

/**
 * The logarithm of an e-value: what a bet pays that the split is another one than was configured. Counts are those of the whole
 * step; its expected value is 1 while each request falls to a slot with the chance of its weight, whenever it is looked at.
 */
export function splitEvidence(slots: readonly SlotCount[]): number {
  const shares = slots.filter(({ weight }) => weight > 0);
  if (slots.some(({ weight, requests }) => weight <= 0 && requests > 0)) return Infinity;
  const weights = shares.reduce((sum, { weight }) => sum + weight, 0);
  const all = shares.reduce((sum, { requests }) => sum + requests, 0);
  return shares.reduce(
    (log, { weight, requests }) => {
      const share = weight / weights;
      return log + logGamma(prior * share + requests) - logGamma(prior * share) - requests * Math.log(share);
    },
    logGamma(prior) - logGamma(prior + all),
  );
}

/** log of the gamma function of x > 0, to 1e-10: Stirling's series, after steps to where it is that exact. */
export function logGamma(x: number): number {
  let steps = 0;
  let at = x;
  for (; at < 8; at += 1) steps += Math.log(at);
  const inverse = 1 / (at * at);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) / at;
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - steps;
}
