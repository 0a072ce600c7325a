import { mergeHistograms, type Histogram } from '../analysis/histogram';
import type { InstanceCell } from '../analysis/sequential/history';

/** What production answered lately. */
export interface PastTraffic {
  requestsPerSecond: number;
  /** 0 to 1. */
  errorRate: number;
  latency: Histogram;
  /** How long a time the figures are of, in ms. */
  overMs: number;
}

const minute = 60_000;

/**
 * By what the instances of stable answered in the hour before the minute of this number; where that was nothing, in all that
 * was kept. `null` where nothing was.
 */
export function pastTraffic(cells: readonly InstanceCell[], until: number): PastTraffic | null {
  const all = cells.filter(({ block, requests }) => block < until && requests > 0);
  if (all.length === 0) return null;
  const oldest = all.reduce((least, { block }) => Math.min(least, block), until);
  const lately = all.filter(({ block }) => block >= until - 60);
  const minutes = lately.length > 0 ? Math.min(60, until - oldest) : until - oldest;
  const counted = lately.length > 0 ? lately : all;
  const requests = counted.reduce((sum, cell) => sum + cell.requests, 0);
  return {
    requestsPerSecond: requests / (minutes * 60),
    errorRate: counted.reduce((sum, cell) => sum + cell.errors, 0) / requests,
    latency: mergeHistograms(counted.map(({ latency }) => latency)),
    overMs: minutes * minute,
  };
}

/** What is taken for granted of a service of which nothing is known: errors as in docs/judge.md, latencies around 100 ms. */
export const assumedTraffic = (requestsPerSecond: number): PastTraffic => ({
  ...{ requestsPerSecond, errorRate: 0.005, overMs: 0 },
  latency: Array.from({ length: 60 }, (_, i) => {
    const edge = 10 * 1.1 ** i;
    return [edge, Math.round(1e6 * (logistic(edge) - logistic(edge / 1.1)))] as const;
  }).filter(([, count]) => count > 0),
});

/** The share of requests that take no longer, where the median is 100 ms and one in twenty takes 270 ms. */
const logistic = (ms: number): number => 1 / (1 + (100 / ms) ** 3);
