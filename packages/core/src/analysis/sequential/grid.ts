/** `points` numbers from `from` to `to`, both included, each the same multiple of the one before. */
export const logSpaced = (from: number, to: number, points: number): number[] =>
  Array.from({ length: points }, (_, i) => from * (to / from) ** (i / (points - 1)));

/** log of the mean of exp(x), without overflow; -Infinity for nothing. */
export function logMeanExp(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  if (!Number.isFinite(largest)) return largest;
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0) / logs.length);
}

/** log(exp(a) + exp(b)) */
export function logAddExp(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a];
  return large === -Infinity ? large : large + Math.log1p(Math.exp(small - large));
}
