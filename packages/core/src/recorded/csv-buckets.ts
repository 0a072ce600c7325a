/** Columns that count what is not above an edge, as those of Prometheus do, as `[upper edge, count]`. */
export function bucketsUpTo(edges: readonly number[], counts: readonly number[]): [number, number][] {
  const longest = 2 * Math.max(1, ...edges.filter(Number.isFinite)); // what is above the last edge is at least so much
  return edges.flatMap((edge, at): [number, number][] => {
    const here = (counts[at] ?? 0) - (counts[at - 1] ?? 0);
    return here === 0 ? [] : [[Number.isFinite(edge) ? edge : longest, here]];
  });
}
