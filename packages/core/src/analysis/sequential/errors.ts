import { logSpaced } from './grid';

/** One interval: how many of how many requests, in each arm. */
export interface Counts {
  canary: Share;
  baseline: Share;
}

export interface Share {
  hits: number;
  of: number;
}

/** `canary rate <= ratio x baseline rate + absolute` */
export interface Margin {
  ratio: number;
  absolute: number;
}

/** Multiples of the margin's ratio. */
const worse = logSpaced(1.15, 40, 16);
const better = logSpaced(1.15, 4, 8).map((g) => 1 / g);

/** Ratios that are bet on: to abort, the canary is worse than the margin; to promote, it is better. */
export const errorRatios = { abort: worse, promote: better };

/**
 * The logarithm of an e-value: what a bet pays that the canary has `times` the error rate that the margin allows. Its expected
 * value is at most 1 while that is not so: for `times` above 1 where the rate is within the margin, below 1 where it is at or
 * beyond it, whatever the split and the rates are, so that both may change from interval to interval.
 */
export function errorEvidence({ canary, baseline }: Counts, { ratio, absolute }: Margin, times: number): number {
  if (canary.of === 0 || baseline.of === 0) return 0;
  const w = canary.of / (canary.of + baseline.of);
  const theta = (r: number) => (w * r) / (w * r + 1 - w);
  const [null0, alternative] = [theta(ratio), theta(ratio * times)];
  const a = alternative / null0;
  const b = (1 - alternative) / (1 - null0);
  return canary.hits * Math.log(a) + baseline.hits * Math.log(b) - canary.of * absolute * (a - 1);
}
