import * as z from '../zod';
import { approvalSettings } from './schema-approvals';
import { pipelineSettings } from './schema-pipeline';
import { releaseSettings } from './schema-release';
import { rolloutSettings } from './schema-rollout';
import { routerSettings } from './schema-router';
import { validationSettings } from './schema-validation';
import { worktreeSettings } from './schema-worktree';

/**
 * The shape of `sluice.json`. Every object is strict, every default is written here and in the files of the sections, and
 * nowhere else. What a key is described by is what editors show; `docs/configuration.md` names every one.
 */
const settings = {
  ...releaseSettings,
  ...validationSettings,
  ...rolloutSettings,
  ...approvalSettings,
  ...routerSettings,
  ...worktreeSettings,
  ...pipelineSettings,
};

/** `sluice.json` with one variant's settings merged in. */
export const configSchema = z.strictObject({
  $schema: z.string().optional().describe('Where editors find the schema of this file.'),
  ...settings,
});
/** It is part of commands and of file names. */
const variantName = z
  .string()
  .regex(/^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u, { error: 'a name of letters, digits, ".", "_" and "-"' });

/** `sluice.json` as it is written: `configurations` are partial copies that are merged over the rest. */
export const fileSchema = z.strictObject({
  ...configSchema.shape,
  configurations: z
    .record(variantName, z.record(z.string(), z.json()))
    .default({})
    .describe('Variants by name: settings that are merged over the rest. Each is an Nx configuration of every target.'),
});

/** The parsed configuration: every duration in milliseconds, every default filled in. */
export type Config = z.infer<typeof configSchema>;
export type ConfigInput = z.input<typeof fileSchema>;
export type { ApprovalSettings, FreezeSettings } from './schema-approvals';
export type { MetricKind, MetricSettings } from './schema-metrics';
export type { Service } from './schema-release';
export type { HardSettings, SyntheticSettings } from './schema-rollout';
export { routerDefaults, type RouterSettings } from './schema-router';
export type { Scenario } from './schema-values';

const hookSchema = z.object({ command: z.array(z.string()), timeout: z.number() });
/** A command that is run once for a release. */
export type Hook = z.infer<typeof hookSchema>;

/** Runtime settings of one environment, as a release carries them (part of its identity). */
export const environmentRuntimeSchema = z.object({
  command: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  instances: z.number(),
  health: z.object({ path: z.string(), interval: z.number(), timeout: z.number(), startTimeout: z.number() }),
  metrics: z.object({ path: z.string(), dbConnections: z.string().optional() }).nullable(),
  drain: z.number(),
  // what is not set is left out: a release keeps its identity when a setting is invented
  /** Where values are read at every start. They are no part of the release. */
  envFile: z.string().optional(),
  secrets: z.record(z.string(), z.string()).optional(),
  cwd: z.string().optional(),
  user: z.string().optional(),
  /** In bytes. */
  memory: z.number().optional(),
  beforeStart: hookSchema.optional(),
  afterStop: hookSchema.optional(),
});
export type EnvironmentRuntime = z.infer<typeof environmentRuntimeSchema>;

export type EnvironmentName = keyof Config['environments'];
export const environmentNames = ['staging', 'production'] as const satisfies readonly EnvironmentName[];

/** What a release carries of the configuration, by environment. */
export function runtimeOf({ runtime, environments }: Config): Record<EnvironmentName, EnvironmentRuntime> {
  const { command, health, metrics = null, drain, cwd, user, memory, beforeStart, afterStop } = runtime;
  const of = (name: EnvironmentName): EnvironmentRuntime => {
    const { env, instances = runtime.instances, envFile, secrets } = environments[name];
    return {
      ...{ command, env: { ...runtime.env, ...env }, envFile, secrets, cwd, user },
      ...{ instances, health, metrics, drain, memory, beforeStart, afterStop },
    };
  };
  return { staging: of('staging'), production: of('production') };
}
