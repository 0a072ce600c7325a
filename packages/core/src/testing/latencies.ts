import type { Histogram } from '../analysis/histogram';
import type { Layout } from '../analysis/layout';
import { normalShare } from './normal';
import type { Random } from './random';

/** A log-normal distribution: its median, and the deviation of the logarithm. */
export interface LatencyModel {
  median: number;
  sigma: number;
}

/** Edges are powers of 1.08, to a microsecond. */
export const latencyLayout: Layout = { factor: 1.081, step: 0.002 };

/** Draws `requests` latencies. */
export function drawLatencies(requests: number, model: LatencyModel, random: Random): Histogram {
  const counts: [number, number][] = [];
  let left = requests;
  for (const { edge, share } of bucketsOf(model)) {
    const count = random.binomial(left, share);
    if (count > 0) counts.push([edge, count]);
    left -= count;
    if (left === 0) break;
  }
  return counts;
}

/** `share`: of what did not fall into an earlier bucket; 1 for the last. */
interface Bucket {
  edge: number;
  share: number;
}

const known = new Map<string, Bucket[]>();

function bucketsOf(model: LatencyModel): Bucket[] {
  const key = `${model.median}/${model.sigma}`;
  const buckets = known.get(key) ?? makeBuckets(model);
  known.set(key, buckets);
  return buckets;
}

const width = Math.log(1.08);
const deviations = 3.5;

function makeBuckets({ median, sigma }: LatencyModel): Bucket[] {
  const middle = Math.log(median);
  const first = Math.ceil((middle - deviations * sigma) / width);
  const last = Math.max(first, Math.ceil((middle + deviations * sigma) / width));
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const below = i === 0 ? 0 : normalShare(((first + i - 1) * width - middle) / sigma);
    const upTo = first + i === last ? 1 : normalShare(((first + i) * width - middle) / sigma);
    return { edge: Number(Math.exp((first + i) * width).toFixed(3)), share: (upTo - below) / (1 - below) };
  });
}
