import { environmentNames, noFreeze, noMerge, type Plan, routerDefaults, z } from '@sluice/core';
import { metricsSettings } from './metrics-schema';
import { instant, ref, text, type Assert, type Same } from './state-parts';

/** Milliseconds. */
const duration = z.number();

const scenario = z.strictObject({
  path: text,
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  headers: z.record(text, text),
  body: text.optional(),
});

const margin = z.strictObject({ ratio: z.number(), absolute: z.number() });
const margins = z.strictObject({ errors: margin, latency: margin });

const always = { interval: duration, noData: duration };
const weight = z.number();
const ratio = z.strictObject({ ratio: z.number() });

const metric = z.strictObject({
  groups: z.array(text),
  direction: z.enum(['increase', 'decrease', 'either']),
  nanStrategy: z.enum(['remove', 'replace']),
  ...{ critical: z.boolean(), mustHaveData: z.boolean() },
  outliers: z.strictObject({ strategy: z.enum(['keep', 'remove']), outlierFactor: z.number() }),
  effectSize: z.strictObject({
    measure: z.enum(['meanRatio', 'cles']),
    ...{ allowedIncrease: z.number(), allowedDecrease: z.number() },
    ...{ criticalIncrease: z.number(), criticalDecrease: z.number() },
  }),
});

const judge = z.union([
  z.strictObject({
    ...always,
    // a plan that is older than the methods knows this one
    method: z.literal('threshold').default('threshold'),
    ...{ minRequests: z.number(), promote: margins, rollback: margins },
    ...{ failureLimit: z.number(), inconclusiveLimit: z.number(), consecutiveErrorLimit: z.number() },
  }),
  z.strictObject({
    ...always,
    method: z.literal('sequential'),
    ...{ alpha: z.number(), beta: z.number() },
    errors: z.strictObject({ weight, abort: margin, promote: margin }),
    latency: z.strictObject({ weight, quantiles: z.array(z.number()), abort: ratio, promote: ratio }),
    // a plan that is older than them asks for none
    metrics: metricsSettings.default({}),
    robust: z.strictObject({ dispersion: z.union([z.literal('auto'), z.number()]), restartEvery: duration }),
  }),
  z.strictObject({
    ...always,
    method: z.literal('mann-whitney'),
    ...{ judgeEvery: duration, confidence: z.number(), tolerance: z.number(), pass: z.number(), marginal: z.number() },
    weights: z.record(text, z.number()),
    metrics: z.strictObject({ errors: metric, p50: metric, p95: metric, p99: metric }),
  }),
]);

const hard = z.strictObject({
  errorRateAbove: z.number(),
  for: duration,
  minRequests: z.number(),
  serviceDown: duration,
});

const step = z.strictObject({
  stage: z.enum(['staging', 'canary', 'production']),
  traffic: z.number(),
  judged: z.boolean(),
  minDuration: duration,
  atMost: z.int().exactOptional(),
  baseline: z.int().exactOptional(),
  maxDuration: duration,
});

const router = z.strictObject({
  sticky: z.boolean(),
  accessLog: z.boolean(),
  limits: z.strictObject({
    connect: duration,
    headers: duration,
    idle: duration,
    whole: duration,
    connections: z.number(),
    headerBytes: z.number(),
  }),
});

const approval = z.strictObject({
  before: z.enum(['canary', 'production']),
  by: z.int(),
  from: z.array(text).nullable(),
  ttl: duration,
});

const freeze = z.strictObject({
  windows: z.array(z.strictObject({ from: instant, to: instant, reason: text })),
  knownUntil: instant,
});

/** A plan as the state holds it: configuration that was parsed already, so durations are numbers and defaults filled in. */
export const planSchema = z.strictObject({
  kind: z.enum(['deploy', 'rollback']),
  project: text,
  environment: z.enum(environmentNames),
  release: ref,
  from: ref.nullable(),
  host: text,
  port: z.number(),
  // a plan that is older than these settings had none
  router: router.default(routerDefaults),
  steps: z.array(step),
  goal: z.enum(['canary', 'production']),
  judge,
  // a plan that is older than this choice goes back
  onInconclusive: z.enum(['hold', 'extend', 'promote', 'rollback']).default('rollback'),
  // a plan that is older than them asked nobody, and knew no freeze
  approvals: z.array(approval).default([]),
  freeze: freeze.default(noFreeze),
  hard,
  synthetic: z.strictObject({ rate: z.number(), requests: z.array(scenario) }).nullable(),
  services: z.array(z.strictObject({ name: text, url: text, critical: z.boolean(), timeout: duration })),
  trial: z.array(text),
  verify: z.array(text),
  window: duration,
  keep: z.number(),
  by: text,
  smoke: z.array(text).nullable(),
  healthPath: text,
  logErrors: text,
  // a plan that is older than this setting has its default
  task: text.default('26'),
  place: z.strictObject({ checkout: text, worktree: text, projectRoot: text }).nullable(),
  // a plan that is older than the merge wants none
  merge: z
    .strictObject({
      how: z.enum(['never', 'local', 'push']),
      base: text.nullable(),
      commit: text.nullable(),
      files: z.array(text),
      target: text,
      install: z.union([z.enum(['auto', 'never', 'always']), z.array(text)]),
    })
    .default(noMerge),
});

/** Does not compile when schema and model differ in either direction. */
type _Proof = Assert<Same<z.output<typeof planSchema>, Plan>>;
