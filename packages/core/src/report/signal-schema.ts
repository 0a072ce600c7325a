import { pipeline } from '../pipeline';
import * as z from '../zod';

/** The signals as they are read back from disk. What else stands in a file is kept. */
export const completionSchema = z.looseObject({
  phase: z.literal(6),
  status: z.literal('success'),
  summary: z.looseObject({
    deployed_to: z.literal('production'),
    traffic: z.number(),
    health: z.enum(['green', 'unknown']),
    rollbacks: z.number(),
  }),
  pipeline_complete: z.boolean(),
  completed_at: z.string(),
  release: z.string(),
  duration_minutes: z.number(),
  audit: z.strictObject({ head: z.union([z.string(), z.literal(null)]), count: z.number() }),
});

export const errorSignalSchema = z.looseObject({
  phase: z.literal(6),
  status: z.literal('error'),
  failed_at: z.string(),
  error: z.looseObject({
    type: z.string(),
    message: z.string(),
    recovery_attempted: z.boolean(),
    recovery_successful: z.boolean(),
    requires_human: z.boolean(),
  }),
  stage: z.enum(pipeline.map(({ name }) => name)),
  release: z.union([z.string(), z.literal(null)]),
});

export const rollbackSignalSchema = z.looseObject({
  action: z.literal('rollback'),
  timestamp: z.string(),
  reason: z.string(),
  previous_version_restored: z.boolean(),
  release: z.union([z.string(), z.literal(null)]),
  restored: z.union([z.string(), z.literal(null)]),
});
