/** Enough to halve an interval down to neighbouring numbers. */
const halvings = 64;

/** What a normal distribution of mean 0 and deviation 1 is below with the chance `p`; to 9 deviations. */
export function normalQuantile(p: number): number {
  let [below, above] = [-9, 9];
  for (let i = 0; i < halvings; i += 1) {
    const middle = (below + above) / 2;
    if (shareBelow(middle) < p) below = middle;
    else above = middle;
  }
  return above;
}

/** By Marsaglia's series, to the last digits of a double. */
function shareBelow(z: number): number {
  let [sum, term, before] = [z, z, NaN];
  for (let power = 3; sum !== before; power += 2) {
    before = sum;
    term *= (z * z) / power;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}
