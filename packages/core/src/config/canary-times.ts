import type { Config } from './schema';

type CanaryTimes = Pick<Config['canary'], 'method' | 'duration' | 'maxDuration'>;

const minute = 60_000;
const day = 24 * 60 * minute;

/**
 * How long a canary is watched at least where nothing says it, in ms. A method that ends as soon as the evidence is in needs no more
 * than a start. One that looks now and then passes what it has not found yet: half an hour is six looks.
 */
const usual: Record<CanaryTimes['method'], number> = {
  threshold: day,
  sequential: 5 * minute,
  'mann-whitney': 30 * minute,
};

/** How long a canary is watched at least, in ms. */
export const minDurationOf = ({ method, duration }: CanaryTimes): number => duration ?? usual[method];

/** How long it may wait for evidence, in ms. */
export function maxDurationOf(canary: CanaryTimes): number {
  const least = minDurationOf(canary);
  return canary.maxDuration ?? (canary.method === 'threshold' ? 2 * least : Math.max(day, least));
}
