import type { Bucket, SlotFigures } from './bucket';

type KeptFigures = Omit<SlotFigures, 'latency'> & {
  /** Edge, count, edge, count, and so on. */
  latency: Float64Array;
};

/**
 * A bucket as it is held for as long as it may be asked for. As pairs, the latencies of all those buckets would take
 * more memory than all else, which would grow for a quarter of an hour.
 */
export type KeptBucket = Omit<Bucket, 'slots'> & { slots: KeptFigures[] };

export const keepBucket = (bucket: Bucket): KeptBucket => ({
  ...bucket,
  slots: bucket.slots.map((figures) => ({ ...figures, latency: Float64Array.from(figures.latency.flat()) })),
});

/** The bucket that was kept, as it was. */
export const recallBucket = (kept: KeptBucket): Bucket => ({
  ...kept,
  slots: kept.slots.map((figures) => ({ ...figures, latency: pairsOf(figures.latency) })),
});

function pairsOf(numbers: Float64Array): [edge: number, count: number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2) pairs.push([numbers[i] ?? 0, numbers[i + 1] ?? 0]);
  return pairs;
}
