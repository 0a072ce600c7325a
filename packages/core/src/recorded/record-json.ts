import { joinMetrics, type CustomFigures } from '../analysis/custom-figures';
import type { Interval, Slot } from '../analysis/figures';
import { parseInstant } from '../instant';
import * as z from '../zod';

/** Milliseconds since the epoch, or ISO 8601. */
const instant = z.union([
  z.number(),
  z.iso.datetime({ offset: true }).transform((text) => parseInstant(text) ?? Number.NaN),
]);
const count = z.number();

/** What one slot told of itself: a ratio, a gauge, or a histogram as `[upper edge, count]`. */
const toldSchema = () =>
  z.record(
    z.string(),
    z.union([
      z.strictObject({ hits: count, count }),
      z.strictObject({ sum: z.number(), count }),
      z.array(z.tuple([z.number(), count])),
    ]),
  );
type Told = z.infer<ReturnType<typeof toldSchema>>;
type Edges = Readonly<Record<string, number[]>>;

/** Made when a record is read: whoever loads the core for something else does not wait for it. */
const recordSchema = () =>
  z.strictObject({
    /** Where buckets end, in ms: without them nobody can say what lies between two that were hit. */
    edges: z.array(z.number().positive()).default([]),
    /** The same of metrics that are histograms, by name. */
    metricEdges: z.record(z.string(), z.array(z.number().positive())).default({}),
    intervals: z.array(
      z.strictObject({
        from: instant,
        to: instant,
        slots: z.array(
          z.strictObject({
            slot: z.enum(['stable', 'canary', 'baseline']),
            requests: count,
            errors: count,
            synthetic: count.default(0),
            /** `[upper edge in ms, count]` */
            latency: z.array(z.tuple([z.number(), count])).default([]),
            metrics: toldSchema().default({}),
          }),
        ),
      }),
    ),
  });

/** Recorded intervals; `refuse` throws. */
export function readJson(text: string, refuse: (problem: string) => never): Interval[] {
  const parsed = recordSchema().safeParse(dataOf(text, refuse));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse(`${issue?.path.join('.') || 'it'}: ${issue?.message}`);
  }
  const { edges, metricEdges, intervals } = parsed.data;
  return intervals.map(({ from, to, slots }) => {
    const told = joinMetrics(slots.map(({ slot, metrics }) => figuresOf(metrics, slot, metricEdges)));
    return {
      ...{ from, to, layout: { edges } },
      slots: slots.map(({ slot, requests, errors, synthetic, latency }) => ({
        ...{ slot, release: slot, requests, errors, synthetic, latency },
      })),
      ...(Object.keys(told).length > 0 && { metrics: told }),
    };
  });
}

const figuresOf = (told: Told, slot: Slot, edges: Edges): Record<string, CustomFigures> =>
  Object.fromEntries(
    Object.entries(told).map(([name, one]): [string, CustomFigures] => {
      const whose = { slot, release: slot };
      if (Array.isArray(one))
        return [name, { kind: 'histogram', layout: { edges: edges[name] ?? [] }, slots: [{ ...whose, values: one }] }];
      return 'hits' in one
        ? [name, { kind: 'ratio', slots: [{ ...whose, hits: one.hits, of: one.count }] }]
        : [name, { kind: 'gauge', slots: [{ ...whose, sum: one.sum, count: one.count }] }];
    }),
  );

function dataOf(text: string, refuse: (problem: string) => never): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    return refuse(`it is no JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}
