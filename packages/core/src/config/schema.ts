import { z } from 'zod';
import { parseDuration } from './duration';

/** The shape of `sluice.json`. Every object is strict, every default is written here and nowhere else. */
const aDuration = { error: 'a duration such as "30s", "10m", "24h" or "1h30m"' };
const durationText = z.string(aDuration).refine((text) => parseDuration(text) !== null, aDuration);
const toMs = (text: string): number => parseDuration(text) ?? Number.NaN;

const duration = (fallback: string) => durationText.default(fallback).transform(toMs);
const optionalDuration = durationText.transform(toMs).optional();
/** Of something that is done again and again, or waited for: zero would never end, or never begin. */
const positiveDuration = (fallback: string) =>
  duration(fallback).refine((ms) => ms > 0, { error: 'a duration longer than "0s"' });

const command = z.array(z.string().min(1)).min(1).describe('The program and its arguments; no shell.');
const env = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'a name of letters, digits and "_"' }),
  z.string(),
);
const path = z.string().regex(/^\//, { error: 'a path that starts with "/"' });
const port = z.int().min(1).max(65_535);
const share = z.number().min(0).max(1);

const health = z
  .strictObject({
    path: path.default('/healthz'),
    interval: positiveDuration('1s'),
    timeout: positiveDuration('2s'),
    startTimeout: positiveDuration('60s').describe('How long a new instance may take to become healthy.'),
  })
  .prefault({});

const metrics = z.strictObject({
  path: path.default('/metrics'),
  dbConnections: z.string().min(1).optional().describe('The gauge that counts open database connections.'),
});

const runtime = z.strictObject({
  command,
  env: env.default({}),
  instances: z.int().min(1).max(64).default(1),
  health,
  metrics: metrics.optional(),
  drain: duration('10s').describe('Between SIGTERM and SIGKILL, and for requests in flight.'),
});

const environment = z.strictObject({
  port,
  host: z.string().min(1).default('127.0.0.1'),
  env: env.default({}),
  instances: z.int().min(1).max(64).optional(),
});

const service = z.strictObject({
  name: z.string().min(1),
  url: z.string().regex(/^(tcp|https?):\/\/\S+$/, {
    error: 'a URL such as tcp://127.0.0.1:5432 or http://127.0.0.1:9090/-/healthy',
  }),
  critical: z.boolean().default(true),
  timeout: positiveDuration('2s'),
});

const scenario = z.strictObject({
  path,
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().optional(),
});

const load = z
  .strictObject({
    scenarios: z
      .array(scenario)
      .min(1)
      .default([{ path: '/', method: 'GET', headers: {} }]),
    connections: z.int().min(1).max(10_000).default(10),
    rate: z.int().min(1).optional().describe('Requests a second over all connections; as fast as it goes without.'),
    warmup: duration('2s'),
    duration: positiveDuration('10s'),
    maxErrorRate: share.default(0.01),
    maxP95: optionalDuration,
    minRate: z.number().min(0).optional().describe('Requests a second that must be reached.'),
  })
  .prefault({});

const performance = z
  .strictObject({
    p50: optionalDuration,
    p95: optionalDuration,
    p99: optionalDuration,
    errorRate: share.optional(),
    rate: z.number().min(0).optional().describe('Requests a second that must be reached.'),
  })
  .prefault({})
  .describe('Targets for the figures of the load stage. A stated target blocks; without one the stage warns.');

const security = z
  .strictObject({
    severity: z.enum(['low', 'moderate', 'high', 'critical']).default('high'),
    onUnavailable: z.enum(['fail', 'warn']).default('fail').describe('When the advisory service does not answer.'),
    required: z.array(z.string()).default([]).describe('Checks that may not be skipped.'),
  })
  .prefault({});

const readiness = z
  .strictObject({
    targets: z.array(z.string().min(1)).default(['lint', 'test']),
    allowNoTests: z.boolean().default(false),
    minScore: z.number().min(0).max(100).default(90),
  })
  .prefault({});

const margin = (ratio: number, absolute: number) =>
  z.strictObject({ ratio: z.number().positive().default(ratio), absolute: share.default(absolute) }).prefault({});
const latencyMargin = (ratio: number, absolute: string) =>
  z.strictObject({ ratio: z.number().positive().default(ratio), absolute: duration(absolute) }).prefault({});

const hard = z
  .strictObject({
    errorRateAbove: share.default(0.2),
    for: duration('30s'),
    minRequests: z.int().min(1).default(20),
    serviceDown: duration('60s'),
  })
  .prefault({})
  .describe('Ceilings that need no baseline and act at once, at every share of traffic.');

const synthetic = z.strictObject({
  rate: z.number().positive().max(1000).describe('Requests a second that Sluice itself sends through the router.'),
  requests: z
    .array(scenario)
    .min(1)
    .default([{ path: '/', method: 'GET', headers: {} }]),
});

const canary = z
  .strictObject({
    traffic: z.int().min(1).max(50).default(5),
    method: z.enum(['threshold']).default('threshold'),
    duration: duration('24h'),
    maxDuration: optionalDuration.describe('When evidence is still missing: default twice the duration.'),
    interval: positiveDuration('10s'),
    minRequests: z.int().min(1).default(200).describe('Requests of each slot that make one check.'),
    failures: z.int().min(1).default(3).describe('Failing checks in a row that decide.'),
    promote: z
      .strictObject({ errors: margin(1, 0), latency: latencyMargin(1.1, '5ms') })
      .prefault({})
      .describe('Gate 2: the canary may go on up to these margins above the baseline.'),
    rollback: z
      .strictObject({ errors: margin(1.5, 0), latency: latencyMargin(2, '5ms') })
      .prefault({})
      .describe('The rollback triggers.'),
    hard,
    noData: positiveDuration('3m').describe('Without a request for so long a slot has no data; that is never a pass.'),
    synthetic: synthetic.optional(),
  })
  .prefault({});

const settings = {
  build: z
    .strictObject({
      target: z.string().min(1).default('build'),
      output: z.string().min(1).default('dist').describe('Folder of the build output, from the project root.'),
    })
    .prefault({}),
  runtime,
  environments: z.strictObject({ staging: environment, production: environment }),
  services: z.array(service).default([]),
  smoke: command.optional().describe('Run in the project folder of the worktree with BASE_URL set; must exit 0.'),
  security,
  load,
  performance,
  infra: z.strictObject({ timeout: positiveDuration('300s') }).prefault({}),
  readiness,
  staging: z
    .strictObject({ soak: duration('30m'), logErrors: z.string().default('\\b(error|fatal|panic|uncaught)\\b') })
    .prefault({}),
  canary,
  production: z
    .strictObject({
      steps: z.array(z.int().min(1).max(100)).min(1).default([10, 50, 100]),
      stepDuration: duration('2h'),
    })
    .prefault({}),
  rollback: z.strictObject({ window: duration('10m'), keep: z.int().min(1).max(50).default(5) }).prefault({}),
};

/** `sluice.json` with one variant's settings merged in. */
export const configSchema = z.strictObject({ $schema: z.string().optional(), ...settings });
/** `sluice.json` as it is written: `configurations` are partial copies that are merged over the rest. */
export const fileSchema = z.strictObject({
  ...configSchema.shape,
  configurations: z.record(z.string(), z.record(z.string(), z.json())).default({}),
});

/** The parsed configuration: every duration in milliseconds, every default filled in. */
export type Config = z.infer<typeof configSchema>;
export type ConfigInput = z.input<typeof fileSchema>;
export type Service = z.infer<typeof service>;
export type Scenario = z.infer<typeof scenario>;
export type SyntheticSettings = z.infer<typeof synthetic>;
export type HardSettings = z.infer<typeof hard>;

/** Runtime settings of one environment, as a release carries them (part of its identity). */
export const environmentRuntimeSchema = z.object({
  command: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  instances: z.number(),
  health: z.object({ path: z.string(), interval: z.number(), timeout: z.number(), startTimeout: z.number() }),
  metrics: z.object({ path: z.string(), dbConnections: z.string().optional() }).nullable(),
  drain: z.number(),
});
export type EnvironmentRuntime = z.infer<typeof environmentRuntimeSchema>;

export type EnvironmentName = keyof Config['environments'];
export const environmentNames = ['staging', 'production'] as const satisfies readonly EnvironmentName[];

/** What a release carries of the configuration, by environment. */
export function runtimeOf(config: Config): Record<EnvironmentName, EnvironmentRuntime> {
  const of = (name: EnvironmentName): EnvironmentRuntime => ({
    command: config.runtime.command,
    env: { ...config.runtime.env, ...config.environments[name].env },
    instances: config.environments[name].instances ?? config.runtime.instances,
    health: config.runtime.health,
    metrics: config.runtime.metrics ?? null,
    drain: config.runtime.drain,
  });
  return { staging: of('staging'), production: of('production') };
}
