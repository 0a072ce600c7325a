/**
 * How far the rank sum of the canary is from what it would be if it only differed by `shift`: in standard deviations, with ties
 * counted by their mean rank, and brought half a rank closer to zero. It falls, in steps, as the shift grows. Both samples ascend.
 */
export function rankSumDeviation(canary: readonly number[], baseline: readonly number[]): (shift: number) => number {
  const [own, other] = [canary.length, baseline.length];
  const all = own + other;
  return (shift) => {
    const { rankSum, tied } = mergedRanks(canary, baseline, shift);
    const distance = rankSum - (own * (own + 1)) / 2 - (own * other) / 2;
    const deviation = Math.sqrt(((own * other) / 12) * (all + 1 - tied / (all * (all - 1))));
    return (distance - Math.sign(distance) * 0.5) / deviation;
  };
}

/** The canary's ranks in both samples, and the sum of t^3 - t over groups of t equal values. */
export function mergedRanks(canary: readonly number[], baseline: readonly number[], shift: number) {
  let [rankSum, tied, ranked] = [0, 0, 0];
  for (let i = 0, j = 0; i < canary.length || j < baseline.length;) {
    const value = Math.min(shifted(canary, i, shift), shifted(baseline, j, 0));
    const [iBefore, jBefore] = [i, j];
    while (i < canary.length && shifted(canary, i, shift) <= value) i += 1;
    while (j < baseline.length && shifted(baseline, j, 0) <= value) j += 1;
    const size = i - iBefore + (j - jBefore);
    rankSum += (i - iBefore) * (ranked + (size + 1) / 2);
    tied += size ** 3 - size;
    ranked += size;
  }
  return { rankSum, tied };
}

const shifted = (values: readonly number[], i: number, shift: number): number => (values[i] ?? Infinity) - shift;
