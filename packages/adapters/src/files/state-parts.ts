import { z } from '@sluice/core';

/** Parts of the state that several of its shapes share. */
export const text = z.string();
/** Milliseconds since the epoch. */
export const instant = z.number();
export const slot = z.enum(['stable', 'canary', 'baseline']);
export const ref = z.strictObject({ id: text, commit: text, configuration: text.nullable() });
export const workload = z.strictObject({
  project: text,
  environment: text,
  release: text,
  slot: z.literal('baseline').exactOptional(),
});

const comparison = z.strictObject({
  metric: text,
  value: z.number().nullable(),
  baseline: z.number().nullable(),
  limit: z.number().nullable(),
  unit: z.enum(['share', 'ms', 'count', 'number']),
  ok: z.boolean().nullable(),
  worse: z.literal('lower').exactOptional(),
  ratio: z
    .strictObject({ estimate: z.number().nullable(), from: z.number().nullable(), to: z.number().nullable() })
    .exactOptional(),
});

export const gate = z.strictObject({
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  reasons: z.array(text),
  comparisons: z.array(comparison),
});

const finding = z.strictObject({
  severity: z.enum(['low', 'moderate', 'high', 'critical']),
  message: text,
  file: text.exactOptional(),
  line: z.number().exactOptional(),
});

export const checkResult = z.strictObject({
  check: text,
  tool: text,
  version: text,
  status: z.enum(['pass', 'fail', 'warn', 'skip']),
  reason: text,
  findings: z.array(finding),
  figures: z.record(text, z.number()),
  durationMs: z.number(),
});

/** Whether each type fits where the other is wanted. */
export type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
/** Compiles only for `true`. */
export type Assert<Fact extends true> = Fact;
