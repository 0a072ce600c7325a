import type { Arm, Arms } from '../arms';
import { summarise } from '../figures';

/** What is measured in each interval: the error rate in per cent, quantiles of latency in ms. */
export const measures = ['errors', 'p50', 'p95', 'p99'] as const;
export type Measure = (typeof measures)[number];

/** One number a measure, in their order; `null` where there was nothing to take it from. */
export type Reading = readonly (number | null)[];

/** What both arms measured in one interval. */
export type Point = readonly [canary: Reading, baseline: Reading];

/**
 * As many as are kept: 100 minutes of intervals of 10 s. More would tell apart what is too small to matter, and an old hour would hide
 * a regression that begins late. In JSON they stay below 64 KiB.
 */
export const mostPoints = 600;

export const addPoint = (points: readonly Point[], { canary, baseline }: Arms): Point[] => [
  ...points.slice(-(mostPoints - 1)),
  [readingOf(canary), readingOf(baseline)],
];

export const valuesOf = (points: readonly Point[], measure: Measure): Record<keyof Arms, number[]> => ({
  canary: points.map(([canary]) => canary[measures.indexOf(measure)] ?? NaN),
  baseline: points.map(([, baseline]) => baseline[measures.indexOf(measure)] ?? NaN),
});

function readingOf(arm: Arm): Reading {
  const { errorRate, p50, p95, p99 } = summarise([arm]);
  const percent = errorRate === null ? null : errorRate * 100;
  return [percent, p50, p95, p99].map((value) => (value === null ? null : Number(value.toPrecision(5))));
}
