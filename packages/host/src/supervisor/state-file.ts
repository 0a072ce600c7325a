import { environmentRuntimeSchema, z, type EnvironmentRuntime } from '@sluice/core';
import { readWhole, writeWhole } from './whole-file';

const version = 1;

/** What is kept of a release's settings to watch and stop it. No environment: that may hold secrets. */
const settingsSchema = environmentRuntimeSchema.omit({ command: true, env: true, cwd: true, user: true });

const instanceSchema = z.object({
  number: z.int().min(1),
  restarts: z.int().min(0),
  /** What is about to be started, written before it is. */
  intent: z.object({ port: z.int(), log: z.string() }).nullable(),
  run: z
    .object({
      pid: z.int().min(2), // signals to -1 and 0 would go to everybody
      identity: z.string().min(1),
      port: z.int(),
      since: z.number(),
      logOffset: z.int(), // below 0 what was cut off from the log
      healthy: z.boolean(),
    })
    .nullable(),
  marks: z.array(z.object({ at: z.number(), offset: z.int() })),
});

const recordSchema = z.object({
  project: z.string(),
  environment: z.string(),
  release: z.string(),
  slot: z.literal('baseline').exactOptional(),
  phase: z.enum(['starting', 'running', 'stopping']),
  settings: settingsSchema,
  instances: z.array(instanceSchema),
});

const fileSchema = z.object({ version: z.literal(version), workloads: z.array(recordSchema) });

export type Settings = z.infer<typeof settingsSchema>;
/** One workload of `instances.json`. */
export type SavedWorkload = z.infer<typeof recordSchema>;

export const settingsOf = (runtime: EnvironmentRuntime): Settings => settingsSchema.parse(runtime);

/** Nothing where there is no file. Throws `STATE_CORRUPT` and `STATE_NEWER`. */
export const readStateFile = (file: string): SavedWorkload[] => readWhole(file, version, fileSchema)?.workloads ?? [];

/** So that a pid is on the disk before anything else can happen in this process. */
export const writeStateFile = (file: string, workloads: readonly SavedWorkload[]): void =>
  writeWhole(file, { version, workloads });
