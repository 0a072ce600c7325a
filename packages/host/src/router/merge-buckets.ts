import { mergeHistograms } from '@sluice/core';
import { sameShare } from './route';
import type { Bucket, SlotFigures } from './bucket';
import { mergeTold } from './told';

type Split = Pick<Bucket, 'generation' | 'sequence'>;

const sameSplit = (one: Split, other: Split) => one.generation === other.generation && one.sequence === other.sequence;

/**
 * The figures of one route, counted by several processes, as one set: with the spans of `own`, and each request in it
 * once. The others' buckets end with the same slices of the same clock, except where the split changed, which every
 * process learns some milliseconds apart: what does not fit goes to the next bucket of its split, else to a neighbour.
 * @param open the split that `own` counts for now: buckets of it that end later than all of `own` are left for later
 */
export function mergeBuckets(own: readonly Bucket[], others: readonly Bucket[], open?: Split): Bucket[] {
  const merged = own.map((bucket) => ({ ...bucket, slots: [...bucket.slots] }));
  for (const bucket of others) {
    const notBefore = merged.filter(({ to }) => to >= bucket.to);
    const ofSplit = merged.filter((candidate) => sameSplit(candidate, bucket));
    const fitting = notBefore.find((candidate) => sameSplit(candidate, bucket));
    if (fitting === undefined && open !== undefined && sameSplit(open, bucket)) continue;
    const target = fitting ?? ofSplit.at(-1) ?? notBefore[0] ?? merged.at(-1);
    if (target !== undefined) target.slots = addSlots(target.slots, bucket.slots);
    else if (open === undefined) merged.push({ ...bucket, slots: [...bucket.slots] });
  }
  return merged;
}

function addSlots(slots: readonly SlotFigures[], added: readonly SlotFigures[]): SlotFigures[] {
  const sums = slots.map((figures) => {
    const counterparts = added.filter((other) => sameShare(other, figures));
    return counterparts.reduce(addFigures, figures);
  });
  return [...sums, ...added.filter((figures) => !slots.some((known) => sameShare(known, figures)))];
}

const addFigures = (one: SlotFigures, other: SlotFigures): SlotFigures => ({
  ...((one.told ?? other.told) && { told: mergeTold([...(one.told ?? []), ...(other.told ?? [])]) }),
  slot: one.slot,
  release: one.release,
  requests: one.requests + other.requests,
  errors: one.errors + other.errors,
  synthetic: {
    requests: one.synthetic.requests + other.synthetic.requests,
    errors: one.synthetic.errors + other.synthetic.errors,
  },
  latency: mergeHistograms([one.latency, other.latency]),
  inFlight: one.inFlight + other.inFlight,
});
