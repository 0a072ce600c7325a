import type { CheckResult, EnvironmentState, GateResult, Plan, ReleaseRef, Rollout, SlotFigures } from '@sluice/core';

export const next: ReleaseRef = { id: '1a2b3c4d5e6f', commit: 'c'.repeat(40), configuration: 'next' };
export const stable: ReleaseRef = { id: 'aaaabbbbcccc', commit: 'd'.repeat(40), configuration: null };

const gate: GateResult = {
  verdict: 'inconclusive',
  reasons: ['not enough requests'],
  comparisons: [{ metric: 'p95', value: 12.5, baseline: null, limit: 20, unit: 'ms', ok: null }],
};

const check: CheckResult = {
  check: 'smoke',
  tool: 'sluice',
  version: '0.1.0',
  status: 'warn',
  reason: 'slow',
  findings: [
    { severity: 'low', message: 'slow', file: 'a.ts', line: 3 },
    { severity: 'high', message: 'bad' },
  ],
  figures: { p95Ms: 12.5 },
  durationMs: 40,
};

const figures: SlotFigures = {
  slot: 'canary',
  release: next.id,
  requests: 3,
  errors: 1,
  latency: [[5, 3]],
  synthetic: 1,
};

const margins = { errors: { ratio: 1.5, absolute: 0 }, latency: { ratio: 2, absolute: 5 } };

const plan: Plan = {
  merge: {
    how: 'push',
    base: 'main',
    commit: 'c0ffee',
    files: ['VERSION'],
    target: 'build',
    install: ['make', 'deps'],
  },
  kind: 'deploy',
  project: '@acme/web',
  environment: 'production',
  release: next,
  from: stable,
  host: '127.0.0.1',
  port: 8080,
  onInconclusive: 'hold',
  router: {
    sticky: true,
    accessLog: true,
    limits: { connect: 1, headers: 2, idle: 3, whole: 4, connections: 5, headerBytes: 6 },
  },
  steps: [{ stage: 'canary', traffic: 5, judged: true, minDuration: 1000, maxDuration: 2000, atMost: 1, baseline: 5 }],
  goal: 'production',
  judge: {
    ...{ method: 'threshold', interval: 1000, noData: 3000 },
    ...{ minRequests: 20, promote: margins, rollback: margins },
    ...{ failureLimit: 2, inconclusiveLimit: 2, consecutiveErrorLimit: 4 },
  },
  approvals: [{ before: 'production', by: 2, from: ['ada'], ttl: 86_400_000 }],
  freeze: { windows: [{ from: 1000, to: 2000, reason: 'holidays' }], knownUntil: 9_000 },
  hard: { errorRateAbove: 0.2, for: 3000, minRequests: 20, serviceDown: 60_000 },
  synthetic: { rate: 5, requests: [{ path: '/', method: 'POST', headers: { a: 'b' }, body: '{}' }] },
  services: [{ name: 'db', url: 'tcp://127.0.0.1:5432', critical: true, timeout: 2000 }],
  trial: ['smoke'],
  verify: ['health'],
  window: 600_000,
  keep: 5,
  by: 'somebody',
  smoke: ['node', 'smoke.js'],
  healthPath: '/healthz',
  logErrors: 'error',
  task: '26',
  place: { checkout: '/a', worktree: '/a/worktrees/phase-6-task-1', projectRoot: 'web' },
};

const arm = { requests: 3, errors: 1, latency: [[5, 3] as const], synthetic: 1 };

/** A rollout with something in every member, in the middle of its canary. */
export const rollout: Rollout = {
  number: 2,
  plan,
  startedAt: 1000,
  endedAt: null,
  phase: {
    name: 'watching',
    step: 0,
    since: 2000,
    observedTo: 3000,
    observedAt: 3001,
    blindSince: null,
    judge: {
      method: 'threshold',
      to: 3000,
      canary: arm,
      baseline: arm,
      canarySeen: 3000,
      baselineSeen: 3000,
      checks: 1,
      failing: 0,
      unsatisfied: 1,
      errors: { count: 1, reason: 'r' },
      dropped: { count: 2, reason: 'r' },
      last: { triggers: gate, gate },
    },
    hard: { ceiling: { since: 2000, requests: 3, errors: 1 }, down: { db: 2500 }, restartsBefore: 0 },
    baseline: { restarts: 1, illUntil: 2500 },
    deadline: 90_000,
    waiting: null,
  },
  outcome: null,
  merge: {
    ...{ result: 'merged', reason: 'r', base: 'main', commit: 'c0ffee', branch: 'b', command: 'git push' },
    pushed: false,
  },
  wayBack: 'release aaaabbbbcccc is whole',
  approvals: [{ before: 'production', release: next.id, by: 'ada', at: 2000, expires: 9000, reason: 'r' }],
  steps: [
    { traffic: 5, since: 2000, until: null, gate, promotedBy: 'ada: it looks well', slots: [figures], finding: null },
  ],
  verification: { gate, checks: [check] },
  isClaimed: false,
  failures: { count: 1, problem: { code: 'INTERNAL', message: 'm', remedy: 'r' }, retryAt: 4000 },
};

/** A state with something in every member. */
export const sampleState: EnvironmentState = {
  version: 1,
  project: '@acme/web',
  environment: 'production',
  generation: 2,
  sequence: 17,
  owner: 'controller 1',
  at: 3001,
  stable,
  unfrozen: { by: 'ada', at: 1000, until: 2000, reason: 'r' },
  listening: { host: plan.host, port: plan.port, router: plan.router },
  previous: { release: stable, warmUntil: null },
  refused: [{ release: 'ffffffffffff', reason: 'errors', at: 900 }],
  rollout,
  outbox: [
    {
      id: '2-17',
      at: 3000,
      project: '@acme/web',
      environment: 'production',
      release: next.id,
      what: 'step',
      by: 'sluice',
      detail: '5 %',
    },
  ],
  audit: { head: null, count: 0 },
};
