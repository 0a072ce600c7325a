import { summarise, type Slot } from '../analysis/figures';
import type { EnvironmentState } from '../rollout/model';
import { transition } from '../rollout/transition';
import { statusReport, type LiveFigures } from './status';
import { statusTable } from './status-table';
import { aPlan, aState, begun, failing, figures, first, isIn, monday, next, played } from './testing/example';

const of = (state: EnvironmentState | null, live: LiveFigures | null = null, now = monday + 30_000) =>
  statusReport({ project: 'app', now, environments: [{ environment: 'production', state, live }] });
const production = (state: EnvironmentState | null, live: LiveFigures | null = null) => of(state, live).environments[0];
const table = (state: EnvironmentState | null, live: LiveFigures | null = null, now?: number) =>
  statusTable(of(state, live, now), { colour: false });

const slot = (name: Slot, release: string, weight: number, requests: number, changes = {}) => ({
  ...{ slot: name, release, weight, windowMs: 60_000 },
  summary: summarise([figures(name, release, requests, changes)]),
});
const stable = { healthy: 2, wanted: 2, restarts: 0, cpuPercent: 3.2, memoryBytes: 64e6, dbConnections: 4 };
const canary = { healthy: 1, wanted: 2, restarts: 3, cpuPercent: null, memoryBytes: 58e6, dbConnections: null };
const live: LiveFigures = {
  slots: [
    { ...slot('stable', first.id, 95, 2_292), workload: stable },
    { ...slot('canary', next.id, 5, 120, { errors: 3, synthetic: 60 }), workload: canary },
  ],
};

const watching = played(begun(aPlan()), { until: isIn('watching', 0) }).state;
const waiting = played(begun({ ...aPlan(), goal: 'canary' }), {
  until: ({ rollout }) => rollout?.phase.name === 'watching' && rollout.phase.waiting === 'goal',
}).state;
const held = played(begun(aPlan()), {
  traffic: () => [],
  until: ({ rollout }) => rollout?.phase.name === 'watching' && rollout.phase.waiting === 'person',
}).state;
const done = played(begun(aPlan()), { until: isIn('cooling') }).state;
const rolledBack = played(begun(aPlan()), { traffic: failing }).state;
const noStart = played(begun(aPlan({}, { from: null })), {
  answer: (command, at) => (command.type === 'start' ? { type: 'started', at, ok: false, reason: 'it exits' } : null),
}).state;
const lowering = transition(done, { type: 'down', at: monday, by: 'bob' });

describe('the status', () => {
  it.each([
    ['none', null],
    ['none', aState()],
    ['running', begun(aPlan())],
    ['running', watching],
    ['running', played(begun(aPlan()), { traffic: failing, until: isIn('publishing') }).state],
    ['waiting', waiting],
    ['held', held],
    ['done', done],
    ['rolled-back', rolledBack],
    ['failed', noStart],
    ['running', lowering],
    ['none', played(lowering).state],
  ])('is %s', (outcome, state) => {
    expect(production(state)?.outcome).toBe(outcome);
  });

  it('says where a rollout is and how long the step lasts', () => {
    expect(production(watching)).toMatchObject({
      phase: 'watching',
      goal: 'production',
      releases: { stable: first, deploying: next, previous: null },
      step: { number: 1, of: 4, stage: 'canary', traffic: 5, timeLeftMs: 33_000, patienceLeftMs: 93_000 },
      split: [
        { slot: 'stable', release: first.id, weight: 95 },
        { slot: 'canary', release: next.id, weight: 5 },
      ],
    });
  });

  it('gives the live figures of each slot, and null for what is not known', () => {
    expect(production(watching, live)?.slots[1]).toEqual({
      slot: 'canary',
      release: next.id,
      weight: 5,
      healthy: 1,
      wanted: 2,
      requestsPerSecond: 2,
      errorRate: 0.025,
      p50: 8,
      p95: 12,
      p99: 12,
      cpuPercent: null,
      memoryBytes: 58e6,
      dbConnections: null,
      restarts: 3,
    });
    expect(production(watching)?.slots[1]).toMatchObject({
      release: next.id,
      weight: 5,
      healthy: null,
      errorRate: null,
    });
  });

  it('says when a command that failed is tried again', () => {
    const problem = { code: 'HOST_REFUSED', message: 'no answer', remedy: '' };
    const failed = transition(begun(aPlan()), { type: 'failed', at: monday + 30_000, problem });

    expect(production(failed)).toMatchObject({ commandRetryAt: '2026-11-23T13:00:30Z', reason: 'no answer' });
    expect(production(watching)?.commandRetryAt).toBeNull();
    expect(table(failed)).toContain('it is tried again by itself at 13:00:30');
  });

  it('says when the step ends at the earliest, for whoever asks again', () => {
    expect(production(watching)?.retryAt).toBe('2026-11-23T13:01:03Z');
    expect(production(waiting)?.retryAt).toBeNull();
    expect(production(done)?.retryAt).toBeNull();
  });

  it('says that figures are synthetic in part', () => {
    expect(production(watching, live)?.synthetic).toBe(true);
    expect(production(watching)?.synthetic).toBe(false);
  });
});

describe('the table of the status', () => {
  it('shows a canary at a glance', () => {
    expect(table(watching, live)).toBe(
      `
app                                                      2026-11-23 13:00:30 UTC

production  running      canary 5 %, step 1 of 4, 33s left
  deploying next (1a2b3c4d5e6f)
  stable    9f8e7d6c5b4a
  slot    release       share   up  req/s  errors  p50  p95  p99  cpu  mem  db
  stable  9f8e7d6c5b4a   95 %  2/2   38.2  0.00 %  8.0   12   12  3 %  61M   4
  canary  1a2b3c4d5e6f    5 %  1/2    2.0  2.50 %  8.0   12   12    –  55M   –
  canary: 3 restarts
  part of the traffic is synthetic: Sluice's own, not users'

p50, p95, p99: latency in ms; db: open database connections; –: not known`.trimStart(),
    );
  });

  it('says what to do next where something waits', () => {
    expect(table(waiting)).toContain('next: nx run app:deploy-prod goes on, nx run app:deploy-rollback ends it');
    expect(table(rolledBack)).toContain(`next: nx run app:deploy-retry --release=${next.id} --reason="..."`);
    expect(table(done)).not.toContain('next:');
  });

  it('says why a rollout stands still, and what to do', () => {
    const trouble = { code: 'AUDIT_CORRUPT', message: 'line 3 is broken', remedy: 'Compare with a backup.' };
    const environments = [{ environment: 'production', state: watching, live: null, trouble }];
    const text = statusTable(statusReport({ project: 'app', now: monday, environments }), { colour: false });
    expect(text).toContain('stands still: line 3 is broken\n  Compare with a backup.');
  });

  it('shows a fresh baseline with instances and figures of its own, though its release is that of stable', () => {
    const [one, other] = live.slots;
    if (!one || !other) throw new Error('two slots are live');
    const fresh = { ...slot('baseline', first.id, 5, 60), workload: { ...stable, healthy: 1, wanted: 1 } };
    const slots = production(waiting, { slots: [{ ...one, weight: 90 }, fresh, other] })?.slots;

    expect(slots?.map(({ slot, healthy, requestsPerSecond }) => [slot, healthy, requestsPerSecond])).toEqual([
      ['stable', 2, 38.2],
      ['baseline', 1, 1],
      ['canary', 1, 2],
    ]);
  });

  it('says why it went back', () => {
    expect(table(rolledBack)).toContain('production  rolled-back  since 2026-11-23 13:00:33 UTC');
    expect(table(rolledBack)).toContain('why: error rate 10.00 % is above its limit of 0.00 %');
  });

  it('says until when the old release is warm', () => {
    expect(table(done)).toContain('previous  9f8e7d6c5b4a, warm until 13:12:37');
    expect(table(done, null, monday + 3_600_000)).toContain('previous  9f8e7d6c5b4a, stopped');
  });

  it('says that nothing is in service', () => {
    expect(table(null)).toContain('production  none         nothing is in service');
  });

  it('fits 80 columns with the largest numbers', () => {
    const busy: LiveFigures = {
      slots: live.slots.map((row) => ({
        ...row,
        slot: 'baseline',
        summary: { ...row.summary, requests: 7_400_000, errorRate: 0.1234, p50: 1234, p95: 23_456, p99: 99_900 },
        workload: { healthy: 64, wanted: 64, restarts: 12, cpuPercent: 799, memoryBytes: 99e9, dbConnections: 512 },
      })),
    };

    expect(
      Math.max(
        ...table(waiting, busy)
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80);
  });

  it('colours only when it may', () => {
    const coloured = statusTable(of(rolledBack), { colour: true });

    expect(coloured).toContain('\u001b[31mrolled-back\u001b[39m');
    expect(
      coloured
        .split('\u001b')
        .map((part) => part.replace(/^\[\d+m/, ''))
        .join(''),
    ).toBe(table(rolledBack));
  });
});
