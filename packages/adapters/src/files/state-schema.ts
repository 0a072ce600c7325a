import { z, type EnvironmentState } from '@sluice/core';
import { planSchema } from './plan-schema';
import { checkResult, gate, instant, ref, slot, text, workload, type Assert, type Same } from './state-parts';

/** The highest version of the state that this package reads. */
export const stateVersion = 1;

const histogram = z.array(z.tuple([z.number(), z.number()]).readonly()).readonly();
const arm = z.strictObject({ requests: z.number(), errors: z.number(), latency: histogram, synthetic: z.number() });

const threshold = z.strictObject({
  method: z.literal('threshold').default('threshold'),
  canary: arm,
  baseline: arm,
  canarySeen: instant,
  baselineSeen: instant,
  checks: z.number(),
  triggered: z.number(),
  refused: z.number(),
  last: z.strictObject({ triggers: gate, gate }).nullable(),
});

const logs = z.array(z.number());
const strand = z.strictObject({
  abort: z.strictObject({ logs, marks: z.number() }),
  promote: logs,
  bounds: z.strictObject({ above: logs, below: logs }),
  reach: z.strictObject({ abort: z.number().nullable(), promote: z.number().nullable() }).nullable(),
});
const sequential = z.strictObject({
  method: z.literal('sequential'),
  startedAt: instant,
  to: instant,
  share: z.number().nullable(),
  errors: strand,
  latency: z.array(strand),
  arms: z.strictObject({ canary: arm, baseline: arm }),
  dispersion: z.strictObject({ errors: z.number(), latency: logs, isKnown: z.boolean() }).nullable(),
  canarySeen: instant,
  baselineSeen: instant,
  dropped: z.strictObject({ count: z.number(), reason: text }).nullable(),
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
  judge: z.union([threshold, sequential]),
  hard: hardState,
  baseline: z.strictObject({ restarts: z.number(), illUntil: instant }).exactOptional(),
  deadline: instant.default(Number.MAX_SAFE_INTEGER),
  waiting: z.boolean(),
});

const named = <Name extends string>(name: Name) => z.strictObject({ name: z.literal(name) });
const leftovers = { leftovers: z.array(workload) };

const phase = z.discriminatedUnion('name', [
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
  slots: z.array(arm.extend({ slot, release: text })),
  finding: text.nullable(),
});

const problem = z.strictObject({ code: text, message: text, remedy: text });

const rollout = z.strictObject({
  number: z.int().default(0),
  plan: planSchema,
  startedAt: instant,
  endedAt: instant.nullable(),
  phase,
  outcome: outcome.nullable(),
  wayBack: text.nullable(),
  steps: z.array(stepRecord),
  // a state that is older than this knows of one driver only
  isClaimed: z.boolean().default(true),
  verification: z.strictObject({ gate, checks: z.array(checkResult) }).nullable(),
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
  rollout: rollout.nullable(),
  outbox: z.array(auditEntry),
  audit: z.strictObject({ head: text.nullable(), count: z.int() }),
});

/** What two states are ordered by. */
export const versionSchema = stateSchema.pick({ generation: true, sequence: true, owner: true }).strip();

/** Does not compile when schema and model differ in either direction. */
type _Proof = Assert<Same<z.output<typeof stateSchema>, EnvironmentState>>;
