import { seededRandom } from '../../../testing/random';
import { drawLatencies, latencyLayout } from '../../../testing/latencies';
import type { Interval } from '../../figures';
import type { SequentialSettings } from '../../sequential';

/** The margins of the defaults; chance is not known to be more than chance. */
export const sequentialSettings: SequentialSettings & { noData: number } = {
  ...{ alpha: 0.05, beta: 0.05, noData: 180_000, robust: { restartEvery: 300_000, dispersion: 1 }, metrics: {} },
  errors: { weight: 0.5, abort: { ratio: 1.1, absolute: 1e-4 }, promote: { ratio: 1.5, absolute: 1e-3 } },
  latency: { weight: 0.5, quantiles: [0.5, 0.9, 0.95, 0.99], abort: { ratio: 1.1 }, promote: { ratio: 1.25 } },
};

export interface Series {
  seed: number;
  intervals: number;
  /** Requests a second, and the canary's share of them. */
  rate?: number;
  share?: number;
  /** How many times as bad the canary is. */
  errorRatio?: number;
  latencyRatio?: number;
}

const seconds = 10;

/** Intervals of ten seconds in which half a per cent of all requests fail, and the median latency is 100 ms. */
export function aSeries(
  start: number,
  { seed, intervals, rate = 200, share = 0.05, errorRatio = 1, latencyRatio = 1 }: Series,
): Interval[] {
  const random = seededRandom(seed);
  return Array.from({ length: intervals }, (_, i) => {
    const all = random.poisson(rate * seconds);
    const canary = random.binomial(all, share);
    const slot = (name: 'canary' | 'stable', requests: number, errors: number, latency: number) => ({
      ...{ slot: name, release: name, requests, synthetic: 0 },
      errors: random.binomial(requests, Math.min(1, 0.005 * errors)),
      latency: drawLatencies(requests, { median: 100 * latency, sigma: 0.6 }, random),
    });
    return {
      from: start + i * seconds * 1000,
      to: start + (i + 1) * seconds * 1000,
      layout: latencyLayout,
      slots: [slot('stable', all - canary, 1, 1), slot('canary', canary, errorRatio, latencyRatio)],
    };
  });
}
