import { z, type EnvironmentState } from '@sluice/core';
import { histogram, metricsState, strand } from './metrics-schema';
import { planSchema } from './plan-schema';
import { checkResult, gate, instant, ref, slot, text, workload, type Assert, type Same } from './state-parts';

/** The highest version of the state that this package reads. */
export const stateVersion = 1;

const arm = z.strictObject({ requests: z.number(), errors: z.number(), latency: histogram, synthetic: z.number() });

const dropped = z.strictObject({ count: z.number(), reason: text }).nullable();

const threshold = z.strictObject({
  method: z.literal('threshold').default('threshold'),
  to: instant,
  canary: arm,
  baseline: arm,
  canarySeen: instant,
  baselineSeen: instant,
  checks: z.number(),
  failing: z.number(),
  unsatisfied: z.number(),
  errors: dropped,
  dropped,
  last: z.strictObject({ triggers: gate, gate }).nullable(),
});

const sequential = z.strictObject({
  method: z.literal('sequential'),
  startedAt: instant,
  to: instant,
  share: z.number().nullable(),
  errors: strand,
  latency: z.array(strand),
  // a state that is older than them knows none
  metrics: metricsState.default({}),
  arms: z.strictObject({ canary: arm, baseline: arm }),
  dispersion: z.strictObject({ errors: z.number(), latency: z.array(z.number()), isKnown: z.boolean() }).nullable(),
  canarySeen: instant,
  baselineSeen: instant,
  dropped,
});

const reading = z.array(z.number().nullable()).readonly();
const mannWhitney = z.strictObject({
  method: z.literal('mann-whitney'),
  to: instant,
  points: z.array(z.tuple([reading, reading]).readonly()),
  lookedAt: instant,
  look: z
    .strictObject({
      classification: z.enum(['pass', 'marginal', 'fail', 'inconclusive']),
      score: z.number(),
      ...{ reasons: z.array(text), comparisons: gate.shape.comparisons },
    })
    .nullable(),
  canarySeen: instant,
  baselineSeen: instant,
  dropped,
});

const hardState = z.strictObject({
  ceiling: z.strictObject({ since: instant, requests: z.number(), errors: z.number() }).nullable(),
  down: z.record(text, instant),
  restartsBefore: z.number().nullable(),
});

const outcome = z.strictObject({
  result: z.enum(['done', 'rolled-back', 'failed']),
  reason: text,
  at: instant,
  cause: z.enum(['release', 'person', 'world']),
});

const watching = z.strictObject({
  name: z.literal('watching'),
  step: z.int(),
  since: instant,
  observedTo: instant,
  observedAt: instant,
  blindSince: instant.nullable(),
  judge: z.union([threshold, sequential, mannWhitney]),
  hard: hardState,
  baseline: z.strictObject({ restarts: z.number(), illUntil: instant }).exactOptional(),
  deadline: instant.default(Number.MAX_SAFE_INTEGER),
  // a state that is older than this waited for a goal or for nobody
  waiting: z.union([
    z.enum(['goal', 'person', 'approval', 'freeze']).nullable(),
    z.boolean().transform((is) => (is ? ('goal' as const) : null)),
  ]),
});

const named = <Name extends string>(name: Name) => z.strictObject({ name: z.literal(name) });
const leftovers = { leftovers: z.array(workload) };

const phase = z.discriminatedUnion('name', [
  named('parked').extend({ waiting: z.enum(['approval', 'freeze']), until: instant }),
  named('tidying').extend(leftovers),
  named('proving'),
  named('starting'),
  named('trying'),
  named('growing').extend({ step: z.int() }),
  named('merging').extend({ step: z.int() }),
  named('shedding').extend({ step: z.int() }),
  named('shifting').extend({ step: z.int() }),
  watching,
  named('verifying').extend({ since: instant }),
  named('settling'),
  named('withdrawing').extend({ outcome }),
  named('clearing').extend({ outcome }),
  named('publishing').extend({ outcome }),
  named('cooling').extend({ until: instant }),
  named('retiring'),
  named('lowering').extend(leftovers),
  named('dismantling').extend(leftovers),
  named('over'),
]);

const stepRecord = z.strictObject({
  traffic: z.number(),
  since: instant,
  until: instant.nullable(),
  gate: gate.nullable(),
  promotedBy: text.nullable().default(null),
  slots: z.array(arm.extend({ slot, release: text })),
  finding: text.nullable(),
});

const problem = z.strictObject({ code: text, message: text, remedy: text });

const approval = z.strictObject({
  before: z.enum(['canary', 'production']),
  release: text,
  by: text,
  at: instant,
  expires: instant,
  reason: text,
});

const rollout = z.strictObject({
  number: z.int().default(0),
  plan: planSchema,
  startedAt: instant,
  endedAt: instant.nullable(),
  phase,
  outcome: outcome.nullable(),
  wayBack: text.nullable(),
  approvals: z.array(approval).default([]),
  steps: z.array(stepRecord),
  // a state that is older than this knows of one driver only
  isClaimed: z.boolean().default(true),
  verification: z.strictObject({ gate, checks: z.array(checkResult) }).nullable(),
  merge: z
    .strictObject({
      result: z.enum(['merged', 'nothing', 'waiting']),
      reason: text,
      ...{ base: text.nullable(), commit: text.nullable(), branch: text.nullable(), command: text.nullable() },
      pushed: z.boolean().nullable(),
    })
    .nullable()
    .default(null),
  failures: z.strictObject({ count: z.number(), problem: problem.nullable(), retryAt: instant }),
});

const auditEntry = z.strictObject({
  id: text,
  at: instant,
  project: text,
  environment: text,
  release: text.nullable(),
  what: text,
  by: text,
  detail: text,
  from: text.nullable().exactOptional(),
  to: text.nullable().exactOptional(),
});

/** The shape of a state file, member by member: nothing unknown passes and nothing is dropped. */
export const stateSchema = z.strictObject({
  version: z.literal(stateVersion),
  project: text,
  environment: text,
  generation: z.int(),
  sequence: z.int(),
  owner: text.default(''),
  at: instant.default(0),
  listening: planSchema.pick({ host: true, port: true, router: true }).nullable().default(null),
  stable: ref.nullable(),
  previous: z.strictObject({ release: ref, warmUntil: instant.nullable() }).nullable(),
  refused: z.array(z.strictObject({ release: text, reason: text, at: instant })),
  unfrozen: z.strictObject({ by: text, at: instant, until: instant, reason: text }).nullable().default(null),
  rollout: rollout.nullable(),
  outbox: z.array(auditEntry),
  audit: z.strictObject({ head: text.nullable(), count: z.int() }),
});

/** What two states are ordered by. */
export const versionSchema = stateSchema.pick({ generation: true, sequence: true, owner: true }).strip();

/** Does not compile when schema and model differ in either direction. */
type _Proof = Assert<Same<z.output<typeof stateSchema>, EnvironmentState>>;
