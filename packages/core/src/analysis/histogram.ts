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

export const mergeHistograms = (parts: readonly Histogram[]): Histogram => parts.reduce(merged, []);

function merged(a: Histogram, b: Histogram): Histogram {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const all: Histogram[number][] = [];
  let [i, j] = [0, 0];
  for (let [left, right] = [a[i], b[j]]; left || right; [left, right] = [a[i], b[j]]) {
    if (left && right && left[0] === right[0]) {
      all.push([left[0], left[1] + right[1]]);
      i += 1;
      j += 1;
    } else if (left && (!right || left[0] < right[0])) {
      all.push(left);
      i += 1;
    } else if (right) {
      all.push(right);
      j += 1;
    }
  }
  return all;
}
