import type { Histogram } from './histogram';

/**
 * Where the buckets of a histogram may end, whether hit or not: at known edges, or so close together that none is wider than a factor
 * and a step of so many ms, whichever is more. Without it a value between two hit edges could not be placed.
 */
export type Layout = { edges: readonly number[] } | { factor: number; step: number };

/** Of figures without a latency. */
export const noLatencies: Layout = { edges: [] };

/** Of values, or of 1 / each: so that what is low is high. */
export type Scale = Layout | { turned: Layout };

/** Values in buckets that end above this are surely above `value`. */
export function surelyAbove(layout: Scale, value: number): number {
  if ('turned' in layout) return 1 / Math.max(0, surelyBelow(layout.turned, 1 / value));
  if ('factor' in layout) return Math.max(value * layout.factor, value + layout.step);
  return layout.edges.find((edge) => edge >= value) ?? Infinity;
}

/** Values in buckets that end above this may be above `value`; no others are. */
export function perhapsAbove(layout: Scale, value: number): number {
  if ('factor' in layout || 'turned' in layout) return value;
  return [...layout.edges].reverse().find((edge) => edge <= value) ?? 0;
}

/**
 * A bucket of a histogram, by its end, that can't be one of the layout; `null` where all can. What is above the last edge ends
 * anywhere above it. Both ascend.
 */
export function strayEdge(layout: Layout, histogram: Histogram): number | null {
  if ('factor' in layout) return null;
  const { edges } = layout;
  let at = 0;
  for (const [edge] of histogram) {
    while ((edges[at] ?? Infinity) < edge) at += 1;
    if (at < edges.length && edges[at] !== edge) return edge;
  }
  return null;
}

/** Values in buckets that begin below this are surely not above `value`. */
function surelyBelow(layout: Layout, value: number): number {
  if ('factor' in layout) return Math.min(value / layout.factor, value - layout.step);
  return [...layout.edges].reverse().find((edge) => edge <= value) ?? 0;
}

/** Where the bucket that ends at `end` may begin. */
export function beginOf(layout: Layout, end: number): number {
  if ('factor' in layout) return Math.max(0, Math.min(end / layout.factor, end - layout.step));
  return [...layout.edges].reverse().find((edge) => edge < end) ?? 0;
}
