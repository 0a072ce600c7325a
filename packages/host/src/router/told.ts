import { mergeHistograms, z, type MetricKind } from '@sluice/core';

/** What the answers of one slot told of themselves. */
const count = z.int().min(0);
const name = z.string();

export const toldSchema = z.discriminatedUnion('kind', [
  /** Answers whose amount was more than 0, of those that told one. */
  z.object({ kind: z.literal('ratio'), name, hits: count, of: count }),
  /** `[upper edge, count]`, ascending. */
  z.object({
    ...{ kind: z.literal('histogram'), name },
    values: z.array(z.tuple([z.number(), count]).readonly()).readonly(),
  }),
  z.object({ kind: z.literal('gauge'), name, sum: z.number(), count }),
]);

export type Told = z.infer<typeof toldSchema>;

/** Twelve buckets to a tenth more. */
const finest = 1.1 ** (1 / 12);
const indexOf = (amount: number): number => Math.ceil(Math.log(amount) / Math.log(finest) - 1e-9);
const edgeAt = (index: number): number => Number((finest ** index).toPrecision(6));
const first = indexOf(1e-6);
/** A little more than a bucket is wide, since edges are rounded. What is next to nothing is in the first one. */
export const toldLayout = { factor: 1.008, step: edgeAt(first) };

/** What is counted of one metric in the bucket that is open. */
export type ToldTally =
  | { kind: 'ratio'; hits: number; of: number }
  | { kind: 'histogram'; counts: Map<number, number> }
  | { kind: 'gauge'; sum: number; count: number };

export function newTold(kind: MetricKind): ToldTally {
  switch (kind) {
    case 'ratio':
      return { kind, hits: 0, of: 0 };
    case 'histogram':
      return { kind, counts: new Map() };
    case 'gauge':
      return { kind, sum: 0, count: 0 };
  }
}

/** Counts one answer. */
export function countTold(tally: ToldTally, amount: number): void {
  switch (tally.kind) {
    case 'ratio':
      tally.of += 1;
      if (amount > 0) tally.hits += 1;
      return;
    case 'histogram': {
      const index = Math.max(first, indexOf(amount));
      tally.counts.set(index, (tally.counts.get(index) ?? 0) + 1);
      return;
    }
    case 'gauge':
      tally.sum += amount;
      tally.count += 1;
  }
}

export function readTold(name: string, tally: ToldTally): Told {
  if (tally.kind !== 'histogram') return { name, ...tally };
  const counts = [...tally.counts].sort(([one], [other]) => one - other);
  return { kind: tally.kind, name, values: counts.map(([index, number]) => [edgeAt(index), number]) };
}

/** The same metrics, each once. Where two are of different kinds, which is not to be, the first one counts. */
export function mergeTold(parts: readonly Told[]): Told[] {
  const merged = new Map<string, Told>();
  for (const part of parts) {
    const sum = merged.get(part.name);
    merged.set(part.name, sum === undefined ? part : addTold(sum, part));
  }
  return [...merged.values()];
}

function addTold(one: Told, other: Told): Told {
  if (one.kind === 'ratio' && other.kind === 'ratio')
    return { ...one, hits: one.hits + other.hits, of: one.of + other.of };
  if (one.kind === 'histogram' && other.kind === 'histogram')
    return { ...one, values: mergeHistograms([one.values, other.values]) };
  if (one.kind === 'gauge' && other.kind === 'gauge')
    return { ...one, sum: one.sum + other.sum, count: one.count + other.count };
  return one;
}
