import { aPlan, aRelease, aState, aStateIn, phases } from '../testing';
import { applyAct, refuse } from './acts';
import type { Act, EnvironmentState, Phase } from './model';
import { nextCommand } from './next';
import { transition } from './transition';

const at = 2_000;
const [first, next, older, third] = [aRelease('first'), aRelease('next'), aRelease('older'), aRelease('third')];
const begin = (over: Parameters<typeof aPlan>[0] = {}): Act => ({ type: 'begin', at, plan: aPlan(over) });
const abort: Act = { type: 'abort', at, by: 'dana', reason: 'the phones ring' };
const promote: Act = { type: 'promote', at, by: 'dana', reason: 'it looks well' };
const down: Act = { type: 'down', at, by: 'dana' };
const allow: Act = { type: 'allow', at, release: next.id, by: 'dana', reason: 'it was the database' };
const goal: Act = { type: 'goal', at, goal: 'production', by: 'dana' };
const refusal = (state: EnvironmentState, act: Act): string | null => refuse(state, act)?.code ?? null;

describe('an act', () => {
  const inTheMiddle = [
    ...['parked', 'tidying', 'proving', 'starting', 'trying', 'growing', 'shifting'],
    ...['watching', 'merging', 'shedding', 'verifying'],
  ];
  const settled = ['cooling', 'retiring', 'over'];

  it.each(Object.values(phases).map((phase) => [phase.name, phase] as const))(
    'on a rollout that is %s',
    (name, phase) => {
      const state = aStateIn(phase);
      const isSettled = settled.includes(name);
      expect(refusal(state, begin())).toBe(isSettled ? null : 'ROLLOUT_IN_PROGRESS');
      expect(refusal(state, down)).toBe(isSettled ? null : 'ROLLOUT_IN_PROGRESS');
      const tooLate = isSettled ? 'NO_WAY_BACK' : 'ROLLOUT_DECIDED';
      expect(refusal(state, abort)).toBe(inTheMiddle.includes(name) ? null : tooLate);
      expect(refusal(state, goal)).toBeNull();
      expect(refusal(state, allow)).toBe('RELEASE_NOT_REFUSED');
      expect(refusal(state, promote)).toBe('ROLLOUT_NOT_HELD');
    },
  );

  it.each([
    ['begin', aStateIn(phases.watching), begin()],
    ['down', aStateIn(phases.watching), down],
    ['abort', aStateIn(phases.clearing), abort],
    ['abort', aState(), abort],
    ['promote', aStateIn({ ...phases.watching, waiting: 'goal' }), promote],
    ['promote', aState(), promote],
    ['allow', aState(), allow],
    ['down', aState({ stable: null }), down],
    ['goal', aState(), goal],
  ])('that is refused changes nothing: %s', (_, state, act) => {
    expect(applyAct(state, act)).toEqual(state);
    expect(transition(state, act)).toEqual({ ...state, at: Math.max(state.at, act.at), sequence: state.sequence + 1 });
  });

  it('that ends a rollout does not wait until a command that failed is to be tried again', () => {
    const { rollout, ...state } = aStateIn(phases.watching);
    const problem = { code: 'INTERNAL', message: 'no answer', remedy: 'wait' };
    const failing = { ...state, rollout: rollout && { ...rollout, failures: { count: 4, problem, retryAt: 90_000 } } };
    const ended = transition(failing, { type: 'abort', at: 60_000, by: 'dana', reason: 'it looks odd' });
    expect(ended.rollout).toMatchObject({ phase: { name: 'withdrawing' }, failures: { count: 0, retryAt: 0 } });
  });

  it('that moves the goal gives a canary that waited the time of its step once more', () => {
    const waiting = aStateIn({ ...phases.watching, waiting: 'goal', deadline: 10 });
    const hour = 3_600_000;
    const moved = transition(waiting, { type: 'goal', at: hour, goal: 'production', by: 'dana' });
    const [canary] = moved.rollout?.plan.steps ?? [];
    expect(moved.rollout?.phase).toMatchObject({ waiting: null, deadline: hour + (canary?.maxDuration ?? 0) });
    const held = transition(waiting, { type: 'goal', at: hour, goal: 'canary', by: 'dana' });
    expect(held.rollout?.phase).toEqual({ ...phases.watching, waiting: 'goal', deadline: 10 });
  });

  it('says who is under way, since when, and how to end it', () => {
    const refused = refuse(aStateIn(phases.watching), begin());
    expect(refused?.message).toBe(
      `A rollout of next (${next.id}) to production is under way, started by dana at 1970-01-01 00:00:00 UTC.`,
    );
    expect(refused?.remedy).toContain('nx run app:deploy-rollback');
  });
});

describe('to begin', () => {
  it('starts a new generation and counts events from 0 again', () => {
    const state = transition(aState({ generation: 4, sequence: 99 }), begin());
    expect(state).toMatchObject({ generation: 5, sequence: 0 });
    expect(state.rollout).toMatchObject({
      startedAt: at,
      endedAt: null,
      outcome: null,
      steps: [],
      phase: { name: 'proving' },
    });
  });

  it('has no way back to prove for a first release', () => {
    const state = transition(aState({ stable: null }), begin({ from: null }));
    expect(state.rollout?.phase.name).toBe('starting');
    expect(state.outbox[0]?.detail).toBe(`next (${next.id}), the first release`);
  });

  it('has the release to prove that a rollback goes to', () => {
    const state = transition(aState({ stable: null }), begin({ from: null, kind: 'rollback' }));
    expect(state.rollout?.phase.name).toBe('proving');
  });

  it('is refused for a release that was rolled back by itself, but a person may go back to it', () => {
    const refused = [{ release: next.id, reason: 'twice the errors', at: 1 }];
    expect(refusal(aState({ refused }), begin())).toBe('RELEASE_REFUSED');
    expect(refuse(aState({ refused }), begin())?.remedy).toContain(
      `nx run app:deploy-retry --release=${next.id} --reason=`,
    );
    expect(refusal(aState({ refused }), begin({ kind: 'rollback' }))).toBeNull();
    const allowed = transition(aState({ refused }), allow);
    expect(refusal(allowed, begin())).toBeNull();
    expect(allowed.outbox[0]).toMatchObject({
      what: 'allow',
      by: 'dana',
      detail: 'it was the database',
      release: next.id,
    });
  });

  it('is refused for what is live already', () => {
    expect(refusal(aState({ stable: aRelease('next') }), begin({ from: aRelease('next') }))).toBe('RELEASE_LIVE');
  });

  it.each([
    ['another release is live by now', aState({ stable: aRelease('other') })],
    ['nothing is live by now', aState({ stable: null })],
  ])('is refused for a plan from the past: %s', (_, state) => {
    expect(refusal(state, begin())).toBe('PLAN_STALE');
  });

  it('is refused for a first release where something is live by now', () => {
    expect(refusal(aState(), begin({ from: null }))).toBe('PLAN_STALE');
  });
});

describe('to begin while an old release is still warm', () => {
  const cooling = (over: Partial<EnvironmentState> = {}) =>
    aStateIn(phases.cooling, {
      stable: aRelease('next'),
      previous: { release: aRelease('older'), warmUntil: 9_000 },
      ...over,
    });
  const phaseOf = (state: EnvironmentState): Phase | undefined => state.rollout?.phase;
  const workload = (release: string) => ({ project: 'app', environment: 'production', release });

  it('stops it first', () => {
    const state = transition(cooling(), begin({ release: aRelease('third'), from: aRelease('next') }));
    expect(phaseOf(state)).toEqual({ name: 'tidying', leftovers: [workload(older.id)] });
  });

  it('does not stop it when it is what is wanted back', () => {
    const state = transition(
      cooling(),
      begin({ release: aRelease('older'), from: aRelease('next'), kind: 'rollback' }),
    );
    expect(phaseOf(state)).toEqual({ name: 'starting' });
  });

  it('proves one that is wanted back when it is cold', () => {
    const cold = { release: aRelease('older'), warmUntil: null };
    const back = begin({ release: aRelease('older'), from: aRelease('first'), kind: 'rollback' });
    expect(phaseOf(transition(aState({ previous: cold }), back))).toEqual({ name: 'proving' });
  });

  it('never stops what is live: the way back of the new rollout', () => {
    for (const release of [aRelease('third'), aRelease('older')]) {
      const phase = phaseOf(transition(cooling(), begin({ release, from: aRelease('next') })));
      const stopped = phase?.name === 'tidying' ? phase.leftovers.map((leftover) => leftover.release) : [];
      expect(stopped).not.toContain(next.id);
      expect(stopped).not.toContain(release.id);
    }
  });

  it('does not stop what is live even where it is written down as the one before, too', () => {
    const previous = { release: next, warmUntil: 9_000 };
    const state = transition(cooling({ previous }), begin({ release: third, from: next }));
    expect(phaseOf(state)).toEqual({ name: 'proving' });
  });

  it('has nothing to stop when it is cold', () => {
    const previous = { release: aRelease('older'), warmUntil: null };
    const state = transition(cooling({ previous }), begin({ release: aRelease('third'), from: aRelease('next') }));
    expect(phaseOf(state)).toEqual({ name: 'proving' });
  });
});

describe('to abort', () => {
  it.each(['tidying', 'proving', 'starting', 'trying'] as const)('while %s only stops the release', (name) => {
    const { rollout, outbox } = transition(aStateIn(phases[name]), abort);
    expect(rollout?.phase).toEqual({
      name: 'clearing',
      outcome: { result: 'rolled-back', reason: 'ended by dana: the phones ring', at, cause: 'person' },
    });
    expect(outbox.map(({ what, by }) => [what, by])).toEqual([['abort', 'dana']]);
  });

  it.each([
    ['the first shift', { name: 'shifting', step: 0 }],
    ['a later shift', { name: 'shifting', step: 2 }],
    ['a step', phases.watching],
    ['the end of a fresh baseline', phases.shedding],
    ['the verification', phases.verifying],
  ] as const)('in %s takes traffic back first', (_, phase) => {
    const { rollout, outbox } = transition(aStateIn(phase), abort);
    expect(rollout?.phase.name).toBe('withdrawing');
    expect(outbox.map(({ what }) => what)).toEqual(['abort', 'withdraw']);
  });

  it('a first release is a failure, since there is nothing to roll back to', () => {
    const { rollout } = transition(aStateIn(phases.starting, {}, aPlan({ from: null })), abort);
    expect(rollout?.phase).toMatchObject({ name: 'clearing', outcome: { result: 'failed' } });
  });
});

describe('to move the goal', () => {
  it('changes the plan of the rollout under way and nothing else', () => {
    const state = aStateIn(phases.watching, {}, aPlan({ goal: 'canary' }));
    const after = transition(state, goal);
    expect(after.rollout?.plan.goal).toBe('production');
    expect(after.rollout?.phase).toEqual(state.rollout?.phase);
  });
});

describe('to take an environment down', () => {
  it('takes traffic away, then stops every release that may run, each once', () => {
    const state = aStateIn(phases.cooling, {
      stable: aRelease('next'),
      previous: { release: aRelease('first'), warmUntil: 9_000 },
    });
    const after = transition(state, down);
    expect(after).toMatchObject({ stable: null, previous: null });
    const phase = after.rollout?.phase;
    expect(phase?.name === 'lowering' ? phase.leftovers.map(({ release }) => release) : []).toEqual([
      next.id,
      first.id,
    ]);
    expect(after.outbox.map(({ what, by }) => [what, by])).toEqual([['down', 'dana']]);
  });

  it('takes what serves away although its state was lost, and knows of no rollout afterwards', () => {
    const lost = aState({ previous: { release: third, warmUntil: 1 } });
    const lowering = transition(lost, down);
    expect(lowering).toMatchObject({ stable: null, previous: null });
    expect(lowering.rollout?.phase).toMatchObject({
      name: 'lowering',
      leftovers: [{ release: first.id }, { release: third.id }],
    });
    expect(lowering.outbox).toMatchObject([
      {
        what: 'down',
        by: 'dana',
        release: first.id,
        detail: 'production was taken out of service, though its state had been lost',
      },
    ]);
    expect(nextCommand(lowering)).toMatchObject({ type: 'shift', route: { environment: 'production', slots: [] } });
    const dark = transition(transition(lowering, { type: 'shifted', at, since: at }), { type: 'stopped', at });
    expect(dark.rollout).toBeNull();
    expect(refusal(dark, begin({ from: null, release: third }))).toBeNull();
  });

  it('lets the next deployment be a first one', () => {
    const lowered = transition(aStateIn(phases.over, { stable: aRelease('next') }), down);
    const dark = transition(transition(lowered, { type: 'shifted', at, since: at }), { type: 'stopped', at });
    expect(dark.rollout?.phase.name).toBe('over');
    expect(refusal(dark, begin({ from: null, release: third }))).toBeNull();
  });
});
