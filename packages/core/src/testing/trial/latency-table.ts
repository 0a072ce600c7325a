import type { Histogram } from '../../analysis/histogram';
import { normalShare } from '../normal';
import type { Random } from '../random';

/** Buckets of the trial's latencies end at the powers of it. */
export const bucketFactor = 1.1 ** (1 / 4);

const width = Math.log(bucketFactor);
const sigma = 0.6;
/** Medians are placed in a bucket to a sixteenth: 0.15 % at most. */
const places = 16;
const deviations = 4;

/** Cumulative shares of the buckets around the median, for a median at each place within its bucket. */
const tables = Array.from({ length: places }, (_, place) => {
  const first = -Math.ceil((deviations * sigma) / width);
  const shares = Array.from({ length: 1 - 2 * first }, (_, i) =>
    normalShare(((first + i - place / places) * width) / sigma),
  );
  return { first, shares: shares.map((share, i) => (i === shares.length - 1 ? 1 : share)) };
});

/** Log-normal latencies with a deviation of 0.6 of their logarithm, as a histogram. `median` in ms. */
export function drawSpread(requests: number, median: number, random: Random): Histogram {
  const at = Math.round((Math.log(median) / width) * places);
  const table = tables[((at % places) + places) % places];
  if (!table || requests === 0) return [];
  const base = Math.floor(at / places) + table.first;
  const { shares } = table;
  const counts = requests < shares.length ? oneByOne(requests, shares, random) : inTurn(requests, shares, random);
  return counts.flatMap((count, i) => (count > 0 ? [[edgeAt(base + i), count] as const] : []));
}

function oneByOne(requests: number, shares: readonly number[], random: Random): number[] {
  const counts = shares.map(() => 0);
  for (let i = 0; i < requests; i++) {
    const drawn = random.next();
    let [low, high] = [0, shares.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((shares[middle] ?? 1) < drawn) low = middle + 1;
      else high = middle;
    }
    counts[low] = (counts[low] ?? 0) + 1;
  }
  return counts;
}

function inTurn(requests: number, shares: readonly number[], random: Random): number[] {
  let [left, below] = [requests, 0];
  return shares.map((share) => {
    const count = left > 0 && below < 1 ? random.binomial(left, Math.min(1, (share - below) / (1 - below))) : 0;
    [left, below] = [left - count, share];
    return count;
  });
}

const edges = new Map<number, number>();
function edgeAt(index: number): number {
  const edge = edges.get(index) ?? Number((bucketFactor ** index).toPrecision(12));
  edges.set(index, edge);
  return edge;
}
