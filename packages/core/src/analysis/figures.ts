import type { ReleaseId } from '../release';
import type { CustomFigures } from './custom-figures';
import type { Layout } from './layout';
import { mergeHistograms, quantile, type Histogram } from './histogram';

export type Slot = 'stable' | 'canary' | 'baseline';

/** Milliseconds since the epoch. */
export type Instant = number;

/** What the router counted for one slot in one interval. Counts are whole numbers. */
export interface SlotFigures {
  slot: Slot;
  release: ReleaseId;
  requests: number;
  /** Responses with a 5xx status and failed connections. */
  errors: number;
  /** Time to the first byte of the response, in ms. */
  latency: Histogram;
  /** The part of `requests` that Sluice sent itself. */
  synthetic: number;
}

/** One interval of measurement. An interval never spans a change of the split. */
export interface Interval {
  from: Instant;
  to: Instant;
  slots: SlotFigures[];
  /** Of the latencies: that of the source. */
  layout: Layout;
  /** What the services told of themselves, by the name of the metric. */
  metrics?: Record<string, CustomFigures>;
}

/** Figures as people and gates read them; rates and quantiles are `null` where there is nothing to take them from. */
export interface Summary {
  requests: number;
  errors: number;
  synthetic: number;
  errorRate: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

export function summarise(
  figures: readonly Pick<SlotFigures, 'requests' | 'errors' | 'latency' | 'synthetic'>[],
): Summary {
  const latency = mergeHistograms(figures.map((f) => f.latency));
  const requests = figures.reduce((sum, f) => sum + f.requests, 0);
  const errors = figures.reduce((sum, f) => sum + f.errors, 0);
  return {
    requests,
    errors,
    synthetic: figures.reduce((sum, f) => sum + f.synthetic, 0),
    errorRate: requests > 0 ? errors / requests : null,
    p50: quantile(latency, 0.5),
    p95: quantile(latency, 0.95),
    p99: quantile(latency, 0.99),
  };
}

export const figuresOf = (intervals: readonly Interval[], slot: Slot): SlotFigures[] =>
  intervals.flatMap((interval) => interval.slots.filter((figures) => figures.slot === slot));
