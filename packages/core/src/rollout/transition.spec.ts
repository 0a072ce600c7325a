import {
  aCheckResult,
  anInterval,
  aPlan,
  aRelease,
  aState,
  aStateIn,
  phases,
  someFigures,
  someHealth,
} from '../testing';
import type { EnvironmentState, Event, Phase } from './model';
import { transition } from './transition';

const at = 1_000;
const plan = aPlan();
const checks = plan.verify.map((name) => aCheckResult(name));
const problem = { code: 'INTERNAL', message: 'odd', remedy: 'report it' };

/** One answer of each kind, as it comes when all is well. */
const answers: { [Type in Event['type']]?: Extract<Event, { type: Type }> } = {
  proved: { type: 'proved', at, ok: true, reason: 'whole and healthy' },
  started: { type: 'started', at, ok: true, reason: 'healthy' },
  tried: { type: 'tried', at, checks: [] },
  shifted: { type: 'shifted', at, since: at },
  observed: { type: 'observed', at, interval: anInterval(0, at), health: [someHealth(plan.release.id)] },
  verified: { type: 'verified', at, checks },
  published: { type: 'published', at },
  elapsed: { type: 'elapsed', at },
  stopped: { type: 'stopped', at },
};

const phaseAfter = (state: EnvironmentState, event: Event): Phase['name'] | undefined =>
  transition(state, event).rollout?.phase.name;

/** All that can happen when all is well: each phase with the answer that it waits for. */
const path: [Phase['name'], Event['type'], Phase['name']][] = [
  ['tidying', 'stopped', 'proving'],
  ['proving', 'proved', 'starting'],
  ['parked', 'elapsed', 'proving'],
  ['starting', 'started', 'shifting'],
  ['trying', 'tried', 'shifting'],
  ['growing', 'started', 'shifting'],
  ['shifting', 'shifted', 'watching'],
  ['watching', 'observed', 'watching'],
  ['merging', 'shifted', 'shedding'],
  ['shedding', 'stopped', 'shifting'],
  ['verifying', 'verified', 'settling'],
  ['settling', 'shifted', 'publishing'],
  ['withdrawing', 'shifted', 'clearing'],
  ['clearing', 'stopped', 'publishing'],
  ['publishing', 'published', 'over'],
  ['cooling', 'elapsed', 'retiring'],
  ['retiring', 'stopped', 'over'],
  ['lowering', 'shifted', 'dismantling'],
  ['dismantling', 'stopped', 'over'],
];

describe('a rollout', () => {
  it.each(path)('that is %s goes on when it has %s: %s', (phase, type, next) => {
    const event = answers[type];
    if (!event) throw new Error('no such answer');
    expect(phaseAfter(aStateIn(phases[phase]), event)).toBe(next);
  });

  const ignored = Object.values(phases).flatMap((phase) =>
    Object.values(answers)
      .filter(({ type }) => !path.some(([name, awaited]) => name === phase.name && awaited === type))
      .map((event) => [phase.name, event.type, phase, event] as const),
  );

  it.each(ignored)('that is %s takes no notice of %s', (_, __, phase, event) => {
    const failures = { count: 2, problem, retryAt: 77 };
    const plain = aStateIn(phase);
    const before = { ...plain, rollout: plain.rollout && { ...plain.rollout, failures } };
    expect(transition(before, event)).toEqual({ ...before, at, sequence: before.sequence + 1, outbox: [] });
  });

  it('that is over takes no notice of a failure', () => {
    const before = aStateIn(phases.over);
    expect(transition(before, { type: 'failed', at, problem })).toEqual({
      ...before,
      at,
      sequence: before.sequence + 1,
    });
  });

  it('that never was takes no notice of anything', () => {
    for (const event of Object.values(answers)) {
      expect(transition(aState(), event)).toEqual(aState({ sequence: 1, at }));
    }
  });

  it('changes nothing of the state that it was given', () => {
    for (const phase of Object.values(phases)) {
      for (const event of Object.values(answers)) {
        const before = aStateIn(phase);
        const copy = structuredClone(before);
        transition(before, event);
        expect(before).toEqual(copy);
      }
    }
  });

  it('begins to count failures anew with every answer that it waited for', () => {
    const { rollout, ...state } = aStateIn(phases.starting);
    if (!rollout) throw new Error('no rollout');
    const failed = { ...state, rollout: { ...rollout, failures: { count: 3, problem, retryAt: 99 } } };
    const after = transition(failed, { type: 'started', at, ok: true, reason: 'healthy' });
    expect(after.rollout?.failures).toEqual({ count: 0, problem: null, retryAt: 0 });
  });
});

describe('the way', () => {
  it('is not gone at all when the way back is not proven', () => {
    const after = transition(aStateIn(phases.proving), {
      type: 'proved',
      at,
      ok: false,
      reason: 'server.js is missing',
    });
    expect(after.rollout?.phase).toEqual({
      name: 'publishing',
      outcome: {
        result: 'failed',
        reason: 'the way back is not proven, so nothing was moved: server.js is missing',
        at,
        cause: 'world',
      },
    });
  });

  it('ends when the release does not start: it is stopped, and had no traffic', () => {
    const after = transition(aStateIn(phases.starting), { type: 'started', at, ok: false, reason: 'exit code 1' });
    expect(after.rollout?.phase).toMatchObject({
      name: 'clearing',
      outcome: { result: 'rolled-back', reason: 'exit code 1' },
    });
  });

  it.each(['starting', 'growing'] as const)(
    'ends, and nothing is held against the release, when the environment hinders it: %s',
    (name) => {
      const event = { type: 'started', at, ok: false, cause: 'world', reason: 'a secret is missing' } as const;
      const after = transition(aStateIn(phases[name]), event);
      expect(after.rollout?.phase).toMatchObject({ outcome: { result: 'rolled-back', cause: 'world' } });
    },
  );

  it('leads through a trial where nothing is live yet', () => {
    const first = aStateIn(phases.starting, {}, aPlan({ from: null }));
    expect(phaseAfter(first, { type: 'started', at, ok: true, reason: 'healthy' })).toBe('trying');
  });

  it.each([
    ['pass', 'shifting', undefined],
    ['warn', 'shifting', undefined],
    ['fail', 'clearing', 'release'],
    ['skip', 'clearing', 'world'],
  ] as const)('goes on from a trial that says %s to %s', (status, next, cause) => {
    const trying = aStateIn(phases.trying, {}, aPlan({ from: null }));
    const { rollout } = transition(trying, { type: 'tried', at, checks: [aCheckResult('smoke', { status })] });
    expect(rollout?.phase.name).toBe(next);
    expect(rollout?.phase.name === 'clearing' ? rollout.phase.outcome.cause : undefined).toBe(cause);
  });

  it('leads straight to the verification by a step that takes no time', () => {
    const back = aStateIn(phases.shifting, {}, aPlan({ kind: 'rollback', steps: [{ ...lastStep, minDuration: 0 }] }));
    expect(phaseAfter(back, { type: 'shifted', at, since: at })).toBe('verifying');
  });

  it('writes down each step as it begins', () => {
    const { rollout } = transition(aStateIn({ name: 'shifting', step: 1 }), { type: 'shifted', at, since: at });
    expect(rollout?.steps.map(({ traffic, since }) => [traffic, since])).toEqual([
      [5, 0],
      [10, at],
    ]);
    expect(rollout?.phase).toMatchObject({ name: 'watching', step: 1, since: at, observedTo: at });
  });

  const lastStep = {
    stage: 'production',
    traffic: 100,
    judged: false,
    minDuration: 60_000,
    maxDuration: 60_000,
  } as const;

  it('leads from the last step to a verification of its end', () => {
    const watching = { ...phases.watching, step: 3, since: 0, observedTo: 590_000, observedAt: 590_000 };
    const event = { ...observed, at: 600_000, interval: anInterval(590_000, 600_000) };
    expect(transition(aStateIn(watching), event).rollout?.phase).toEqual({ name: 'verifying', since: 570_000 });
  });

  it('turns back when the verification fails', () => {
    const failed = checks.map((check) => (check.check === 'smoke' ? { ...check, status: 'fail' as const } : check));
    const after = transition(aStateIn(phases.verifying), { type: 'verified', at, checks: failed });
    expect(after.rollout?.phase).toMatchObject({
      name: 'withdrawing',
      outcome: { result: 'rolled-back', reason: 'verification: smoke: all is well', cause: 'release' },
    });
    expect(after.stable).toEqual(aRelease('first'));
  });

  it('turns back, and blames nobody, when the verification can not tell', () => {
    const after = transition(aStateIn(phases.verifying), { type: 'verified', at, checks: checks.slice(1) });
    expect(after.rollout?.phase).toMatchObject({
      name: 'withdrawing',
      outcome: { reason: 'verification: health: did not run', cause: 'world' },
    });
  });

  it('ends with a new stable release, and the old one warm for its window', () => {
    const after = transition(aStateIn(phases.verifying), { type: 'verified', at, checks });
    expect(after.stable).toEqual(aRelease('next'));
    expect(after.previous).toEqual({ release: aRelease('first'), warmUntil: at + plan.window });
  });

  const observed = {
    type: 'observed',
    at,
    interval: anInterval(0, at, [someFigures()]),
    health: [someHealth(plan.release.id)],
  } as const satisfies Event;
});

describe('staging', () => {
  const staging = (over: object = {}) => aPlan({ environment: 'staging', ...over });

  it.each([
    ['gate 1 passes', checksOf('health', 'smoke', 'logs', 'monitoring'), 'settling'],
    ['a check of gate 1 did not run', checksOf('health', 'smoke', 'logs'), 'withdrawing'],
  ] as const)('when %s is %s', (_, results, next) => {
    const verifying = aStateIn(phases.verifying, { environment: 'staging' }, staging());
    expect(phaseAfter(verifying, { type: 'verified', at, checks: results })).toBe(next);
  });

  it('is rolled back by a person on what a rollback verifies', () => {
    const back = aStateIn(
      phases.verifying,
      { environment: 'staging' },
      staging({ kind: 'rollback', verify: ['health'] }),
    );
    expect(phaseAfter(back, { type: 'verified', at, checks: checksOf('health') })).toBe('settling');
  });

  function checksOf(...names: string[]) {
    return names.map((name) => aCheckResult(name));
  }
});
