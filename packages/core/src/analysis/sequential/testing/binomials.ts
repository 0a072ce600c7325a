/** The chances of 0, 1, ... n hits where each of `n` tries has a chance of `p`. */
export function binomials(n: number, p: number): number[] {
  let chances = [1];
  for (let tries = 0; tries < n; tries++)
    chances = Array.from({ length: tries + 2 }, (_, k) => (chances[k] ?? 0) * (1 - p) + (chances[k - 1] ?? 0) * p);
  return chances;
}
