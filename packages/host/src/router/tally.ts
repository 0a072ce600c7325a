import type { MetricKind } from '@sluice/core';
import { Int32Histogram } from 'hdr-histogram-js';
import type { SlotFigures } from './bucket';
import { type Share } from './route';
import { countTold, newTold, readTold, type ToldTally } from './told';

/** Microseconds: fine enough for an answer from memory, and up to an hour. */
const finest = 1;
const highest = 3_600_000_000;
const significantDigits = 2;
/** Two digits: 128 buckets or more from one power of two to the next; the finest is a microsecond. */
export const latencyLayout = { factor: 1 + 1 / 128, step: finest / 1_000 };

/** The counts of one slot and release in the bucket that is open. */
export interface Tally {
  readonly share: Share;
  requests: number;
  errors: number;
  readonly synthetic: { requests: number; errors: number };
  readonly latency: Int32Histogram;
  inFlight: number;
  /** What the answers told of themselves, by name. */
  readonly told: Map<string, ToldTally>;
}

export const createTally = ({ slot, release }: Share): Tally => ({
  share: { slot, release },
  requests: 0,
  errors: 0,
  synthetic: { requests: 0, errors: 0 },
  latency: new Int32Histogram(finest, highest, significantDigits),
  inFlight: 0,
  told: new Map(),
});

export function recordLatency(tally: Tally, milliseconds: number): void {
  tally.latency.recordValue(Math.min(Math.max(Math.ceil(milliseconds * 1_000), finest), highest));
}

export function recordTold({ told }: Tally, name: string, kind: MetricKind, amount: number): void {
  let tally = told.get(name);
  if (tally === undefined) told.set(name, (tally = newTold(kind)));
  countTold(tally, amount);
}

function readLatency(histogram: Int32Histogram): SlotFigures['latency'] {
  const latency: [edge: number, count: number][] = [];
  for (let index = 0, left = histogram.totalCount; left > 0; index += 1) {
    const count = histogram.getCountAtIndex(index);
    if (count === 0) continue;
    left -= count;
    latency.push([histogram.highestEquivalentValue(histogram.valueFromIndex(index)) / 1_000, count]);
  }
  return latency;
}

/** The tally as figures. */
export const readTally = ({ share, requests, errors, synthetic, latency, inFlight, told }: Tally): SlotFigures => ({
  ...share,
  requests,
  errors,
  synthetic: { ...synthetic },
  latency: readLatency(latency),
  inFlight,
  ...(told.size > 0 && { told: [...told].map(([name, tally]) => readTold(name, tally)) }),
});

/** Starts counting anew; what is in flight stays so. */
export function resetTally(tally: Tally): void {
  if (tally.latency.totalCount > 0) tally.latency.reset();
  tally.told.clear();
  tally.requests = 0;
  tally.errors = 0;
  tally.synthetic.requests = 0;
  tally.synthetic.errors = 0;
}
