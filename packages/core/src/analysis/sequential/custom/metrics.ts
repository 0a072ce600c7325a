import type { MetricSettings } from '../../../config/schema';
import type { Comparison } from '../../../gates/gate';
import type { Instant, Interval } from '../../figures';
import type { Strand, Trust } from '../strand';
import { compareMetric, partName } from './compare';
import { observeMetric, startMetric, type MetricState } from './metric';
import { missingOf } from './told';

/** What is asked of metrics that services tell of themselves, by name, and what was found. */
export type MetricsSettings = Readonly<Record<string, MetricSettings>>;
export type MetricsState = Record<string, MetricState>;

export const startMetrics = (settings: MetricsSettings): MetricsState => mapped(settings, (_, one) => startMetric(one));

export const observeMetrics = (
  state: MetricsState,
  interval: Interval,
  settings: MetricsSettings,
  trust: Trust,
): MetricsState =>
  mapped(settings, (name, one) => observeMetric(state[name] ?? startMetric(one), interval, name, one, trust));

/** The strands of each metric. */
export const strandsOf = (
  state: MetricsState,
  settings: MetricsSettings,
): { name: string; weight: number; strands: Strand[] }[] =>
  Object.entries(settings).map(([name, one]) => ({
    ...{ name, weight: one.weight },
    strands: (state[name] ?? startMetric(one)).strands,
  }));

/** One for each strand, in their order. */
export const compareMetrics = (
  state: MetricsState,
  settings: MetricsSettings,
  side: 'abort' | 'promote',
  risk: number,
): Comparison[] =>
  Object.entries(settings).flatMap(([name, one]) =>
    compareMetric(name, state[name] ?? startMetric(one), one, side, risk),
  );

/** The histograms whose buckets show no margin, by the names of their quantiles. */
export const coarseMetrics = (state: MetricsState, settings: MetricsSettings): string[] =>
  Object.entries(settings).flatMap(([name, one]) =>
    one.kind === 'histogram'
      ? one.quantiles.flatMap((part, i) => {
          const reach = state[name]?.strands[i]?.reach?.promote ?? Infinity;
          return reach > 1 ? [] : [`${name} ${partName(part, one.worse)}`];
        })
      : [],
  );

/** The metrics that are missing at `now`, each with whose. `limit` in ms. */
export const missingMetrics = (
  state: MetricsState,
  settings: MetricsSettings,
  now: Instant,
  limit: number,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([name, one]) => {
      const missing = missingOf(name, state[name] ?? startMetric(one), now, limit);
      return missing === null ? [] : [[name, missing]];
    }),
  );

const mapped = <From, To>(record: Readonly<Record<string, From>>, to: (name: string, value: From) => To) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(name, value)]));
