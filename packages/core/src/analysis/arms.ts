import { metricsWithout, oddityOfMetrics } from './custom-figures';
import { figuresOf, type Instant, type Interval, type Slot, type SlotFigures } from './figures';
import { strayEdge } from './layout';
import { countOf, mergeHistograms } from './histogram';

/** What one side of the comparison answered. */
export type Arm = Pick<SlotFigures, 'requests' | 'errors' | 'latency' | 'synthetic'>;

export const emptyArm: Arm = { requests: 0, errors: 0, latency: [], synthetic: 0 };

export interface Arms {
  canary: Arm;
  baseline: Arm;
}

/** What the canary is compared with: a fresh instance of the old release where there is one, else what is live. */
export const baselineOf = (interval: Interval): Slot =>
  figuresOf([interval], 'baseline').length > 0 ? 'baseline' : 'stable';

export const armsOf = (interval: Interval): Arms => ({
  canary: sum(figuresOf([interval], 'canary')),
  baseline: sum(figuresOf([interval], baselineOf(interval))),
});

/** For what has a fresh baseline: where that had no request in an interval, stable is not to be taken for it. */
export const withoutStable = (interval: Interval): Interval => ({
  ...interval,
  slots: interval.slots.filter(({ slot }) => slot !== 'stable'),
  ...(interval.metrics && { metrics: metricsWithout(interval.metrics, 'stable') }),
});

export const addArms = (a: Arm, b: Arm): Arm => ({
  requests: a.requests + b.requests,
  errors: a.errors + b.errors,
  latency: mergeHistograms([a.latency, b.latency]),
  synthetic: a.synthetic + b.synthetic,
});

const sum = (figures: readonly Arm[]): Arm => figures.reduce(addArms, emptyArm);

/** When each arm last had a request. */
export interface Seen {
  canarySeen: Instant;
  baselineSeen: Instant;
}

/** The same after an interval that ends at `to`. */
export const seenAfter = ({ canarySeen, baselineSeen }: Seen, { canary, baseline }: Arms, to: Instant): Seen => ({
  canarySeen: canary.requests > 0 ? to : canarySeen,
  baselineSeen: baseline.requests > 0 ? to : baselineSeen,
});

/** Which arms had no request for longer than `limit` ms; `null` where both had. */
export function silenceOf({ canarySeen, baselineSeen }: Seen, now: Instant, limit: number): string | null {
  const quiet = [
    ...(now - canarySeen > limit ? ['the canary'] : []),
    ...(now - baselineSeen > limit ? ['the baseline'] : []),
  ];
  return quiet.length > 0 ? `no data: ${quiet.join(' and ')} had no request for too long` : null;
}

/** Why the figures of an interval can't be counts of requests; `null` where they can. */
export function oddityOf(interval: Interval, since: Instant): string | null {
  if (![interval.from, interval.to].every(isTime)) return 'its times are no times';
  if (interval.to <= interval.from) return 'it has no length';
  if (interval.from < since) return 'a part of it was counted before';
  for (const { slot, requests, errors, synthetic, latency } of interval.slots) {
    const counts = [requests, errors, synthetic, ...latency.map(([, count]) => count)];
    if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0))
      return `${slot} has counts that are no whole numbers`;
    if (errors > requests || synthetic > requests || countOf(latency) > requests)
      return `${slot} has more errors, own requests or latencies than requests`;
    if (latency.some(([edge], i) => !(edge > (latency[i - 1]?.[0] ?? -1)) || edge === Infinity))
      return `${slot} has a histogram whose edges do not rise`;
    const stray = strayEdge(interval.layout, latency);
    if (stray !== null) return `${slot} has a bucket that ends at ${stray} ms, where none of the others ends`;
  }
  return oddityOfMetrics(interval.metrics);
}

/** Intervals that can't be true: how many, and what was the matter with the last. */
export interface Dropped {
  count: number;
  reason: string;
}

export const leaveOut = (dropped: Dropped | null, reason: string): Dropped => ({
  count: (dropped?.count ?? 0) + 1,
  reason,
});

/** That some were left out, for people; nothing where none was. */
export function leftOut(dropped: Dropped | null): string[] {
  if (!dropped) return [];
  const { count, reason } = dropped;
  return [`${count === 1 ? '1 interval was' : `${count} intervals were`} left out, the last since ${reason}`];
}

/** Of what a date can be. */
const isTime = (at: number): boolean => Math.abs(at) <= 8.64e15;
