import type { Interval } from '../analysis/figures';
import { parseInstant } from '../instant';
import * as z from '../zod';

/** Milliseconds since the epoch, or ISO 8601. */
const instant = z.union([
  z.number(),
  z.iso.datetime({ offset: true }).transform((text) => parseInstant(text) ?? Number.NaN),
]);
const count = z.number();

/** Made when a record is read: whoever loads the core for something else does not wait for it. */
const recordSchema = () =>
  z.strictObject({
    /** Where buckets end, in ms: without them nobody can say what lies between two that were hit. */
    edges: z.array(z.number().positive()).default([]),
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
  const { edges, intervals } = parsed.data;
  return intervals.map(({ from, to, slots }) => ({
    ...{ from, to, layout: { edges } },
    slots: slots.map((figures) => ({ ...figures, release: figures.slot })),
  }));
}

function dataOf(text: string, refuse: (problem: string) => never): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    return refuse(`it is no JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}
