import { z } from '@sluice/core';
import { toldSchema } from './told';

const count = z.int().min(0);
const time = z.int();

export const slotFiguresSchema = z.object({
  slot: z.enum(['stable', 'canary', 'baseline']),
  release: z.string(),
  /** Requests whose response headers arrived, or that failed, in this bucket. */
  requests: count,
  /** Those of them that were answered with a status >= 500, or by the router (502, 503, 504) for want of an answer. */
  errors: count,
  /** The part of both that Sluice sent itself. */
  synthetic: z.object({ requests: count, errors: count }),
  /**
   * Time from the arrival of a request to the first byte of its response, in ms, as `[upper edge, count]`, ascending.
   * So a slow reader does not count, a slow sender of a body does. Requests without an answer have no latency.
   */
  latency: z.array(z.tuple([z.number(), count]).readonly()).readonly(),
  /** Requests that an instance was still working on when the bucket closed, response bodies included. */
  inFlight: count,
  /** What the answers told of themselves that the route wants; left out where that is nothing. */
  told: z.array(toldSchema).exactOptional(),
});

/**
 * What happened in `[from, to)`, in ms since the epoch: at most a second, aligned to it, and never across a change of
 * the split, which (generation, sequence) names. A request counts in the bucket in which it ended, for the slot and
 * release that it was sent to, even if the split has changed since: a release that gets no more requests stays listed
 * until its last one has ended.
 */
export const bucketSchema = z.object({
  from: time,
  to: time,
  generation: count,
  sequence: count,
  slots: z.array(slotFiguresSchema),
});

export type SlotFigures = z.infer<typeof slotFiguresSchema>;
export type Bucket = z.infer<typeof bucketSchema>;

export interface Span {
  from: number;
  to: number;
}

/** The span that starts at `from` and ends with the slice of the wall clock that `from` lies in. */
export const spanFrom = (from: number, slice: number): Span => ({ from, to: (Math.floor(from / slice) + 1) * slice });

/** The spans that have ended by `now`, oldest first, beginning with `open`, and the one that is open then. */
export function spansUntil(open: Span, now: number, slice: number): { ended: Span[]; open: Span } {
  const ended: Span[] = [];
  let current = open;
  while (current.to <= now) {
    ended.push(current);
    current = spanFrom(current.to, slice);
  }
  return { ended, open: current };
}

/** Buckets that lie in `[from, to]` as a whole. */
export const bucketsWithin = <B extends Span>(buckets: readonly B[], from: number, to: number): B[] =>
  buckets.filter((bucket) => bucket.from >= from && bucket.to <= to);
