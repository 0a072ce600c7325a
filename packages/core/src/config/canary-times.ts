import type { Config } from './schema';

type CanaryTimes = Pick<Config['canary'], 'method' | 'duration' | 'maxDuration'>;

const day = 24 * 3_600_000;

/** How long a canary is watched at least, in ms. A method that ends as soon as the evidence is in needs no more than a start. */
export const minDurationOf = ({ method, duration }: CanaryTimes): number =>
  duration ?? (method === 'sequential' ? 5 * 60_000 : day);

/** How long it may wait for evidence, in ms. */
export function maxDurationOf(canary: CanaryTimes): number {
  const least = minDurationOf(canary);
  return canary.maxDuration ?? (canary.method === 'sequential' ? Math.max(day, least) : 2 * least);
}
