import { drawLatencies, latencyLayout } from '../../../testing/latencies';
import { seededRandom } from '../../../testing/random';
import type { CustomFigures } from '../../custom-figures';
import type { Interval } from '../../figures';
import type { MetricsSettings } from '../custom/metrics';

const [weight, higher, lower] = [0.5, 'higher', 'lower'] as const;
const ratio = {
  kind: 'ratio',
  weight,
  abort: { ratio: 1.1, absolute: 0 },
  promote: { ratio: 1.5, absolute: 0 },
} as const;
const amounts = { weight, abort: { ratio: 1.1 }, promote: { ratio: 1.25 } };

/** One of each kind, both ways round. */
export const someMetrics: MetricsSettings = {
  misses: { ...ratio, worse: higher },
  hits: { ...ratio, worse: lower },
  rows: { kind: 'histogram', worse: higher, quantiles: [0.5, 0.95], ...amounts },
  speed: { kind: 'histogram', worse: lower, quantiles: [0.5, 0.95], ...amounts },
  queue: { kind: 'gauge', worse: higher, ...amounts },
  free: { kind: 'gauge', worse: lower, ...amounts },
};

/** The same intervals, in which each answer tells of these metrics; the canary so many times as much of each. */
export function telling(
  intervals: readonly Interval[],
  settings: MetricsSettings,
  seed: number,
  times: Readonly<Record<string, number>> = {},
): Interval[] {
  const random = seededRandom(seed);
  return intervals.map((interval) => {
    const told = Object.entries(settings).map(([name, { kind, worse }]): [string, CustomFigures] => {
      const by = ({ slot }: { slot: string }) => (slot === 'canary' ? (times[name] ?? 1) : 1);
      const slots = interval.slots.map(({ slot, release, requests }) => ({ slot, release, requests }));
      if (kind === 'ratio') {
        const rate = worse === 'higher' ? 0.05 : 0.9;
        const shares = slots.map(({ requests, ...whose }) => ({
          ...{ ...whose, of: requests },
          hits: random.binomial(requests, Math.min(1, rate * by(whose))),
        }));
        return [name, { kind, slots: shares }];
      }
      if (kind === 'histogram') {
        const drawn = slots.map(({ requests, ...whose }) => ({
          ...whose,
          values: drawLatencies(requests, { median: 100 * by(whose), sigma: 0.6 }, random),
        }));
        return [name, { kind, layout: latencyLayout, slots: drawn }];
      }
      const read = slots.map(({ requests, ...whose }) => ({
        ...{ ...whose, count: requests },
        sum: requests * 10 * by(whose) * Math.exp(0.1 * random.normal()),
      }));
      return [name, { kind, slots: read }];
    });
    return { ...interval, metrics: Object.fromEntries(told) };
  });
}
