import type { Bucket, SlotFigures } from './bucket';
import type { Told } from './told';

type ToldHistogram = Extract<Told, { kind: 'histogram' }>;
type KeptTold = Exclude<Told, ToldHistogram> | (Omit<ToldHistogram, 'values'> & { values: Float64Array });

type KeptFigures = Omit<SlotFigures, 'latency' | 'told'> & {
  /** Edge, count, edge, count, and so on. */
  latency: Float64Array;
  told?: KeptTold[];
};

/**
 * A bucket as it is held for as long as it may be asked for. As pairs, the latencies of all those buckets would take
 * more memory than all else, which would grow for a quarter of an hour.
 */
export type KeptBucket = Omit<Bucket, 'slots'> & { slots: KeptFigures[] };

export const keepBucket = (bucket: Bucket): KeptBucket => ({
  ...bucket,
  slots: bucket.slots.map(({ told, ...figures }) => ({
    ...{ ...figures, latency: Float64Array.from(figures.latency.flat()) },
    ...(told && { told: told.map(keepTold) }),
  })),
});

/** The bucket that was kept, as it was. */
export const recallBucket = (kept: KeptBucket): Bucket => ({
  ...kept,
  slots: kept.slots.map(({ told, ...figures }) => ({
    ...{ ...figures, latency: pairsOf(figures.latency) },
    ...(told && { told: told.map(recallTold) }),
  })),
});

const keepTold = (told: Told): KeptTold =>
  told.kind === 'histogram' ? { ...told, values: Float64Array.from(told.values.flat()) } : told;
const recallTold = (told: KeptTold): Told =>
  told.kind === 'histogram' ? { ...told, values: pairsOf(told.values) } : told;

function pairsOf(numbers: Float64Array): [edge: number, count: number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2) pairs.push([numbers[i] ?? 0, numbers[i + 1] ?? 0]);
  return pairs;
}
