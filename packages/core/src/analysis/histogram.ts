/**
 * A latency histogram as plain data: `[upper edge in ms, count]`, ascending edges, only edges that were hit.
 * The edges are those of the source (HdrHistogram buckets of the router, `le` buckets of Prometheus).
 */
export type Histogram = readonly (readonly [edge: number, count: number])[];

export const countOf = (histogram: Histogram): number => histogram.reduce((sum, [, count]) => sum + count, 0);

/** The smallest edge that at least a share `q` of all values does not exceed; `null` without values. */
export function quantile(histogram: Histogram, q: number): number | null {
  const rank = Math.max(1, Math.ceil(q * countOf(histogram)));
  let seen = 0;
  for (const [edge, count] of histogram) {
    seen += count;
    if (seen >= rank) return edge;
  }
  return null;
}

export function mergeHistograms(parts: readonly Histogram[]): Histogram {
  const counts = new Map<number, number>();
  for (const part of parts) for (const [edge, count] of part) counts.set(edge, (counts.get(edge) ?? 0) + count);
  return [...counts].sort(([a], [b]) => a - b);
}
