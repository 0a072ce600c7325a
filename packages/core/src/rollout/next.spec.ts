import { aConfig, aPlan, aRelease, aState, aStateIn, phases } from '../testing';
import { isOver, isSettled, nextCommand, routeOf } from './next';
import type { EnvironmentState, Outcome, Phase, Route } from './model';
import { planDeploy } from './plan';
import { transition } from './transition';
import { startWatching } from './watch';

const plan = aPlan();
const [first, next, older] = [aRelease('first'), aRelease('next'), aRelease('older')];
const outcome: Outcome = { result: 'rolled-back', reason: 'twice the errors', at: 5, cause: 'release' };
const workload = (release: string) => ({ project: 'app', environment: 'production', release });

const slots = (phase: Phase, over: Partial<EnvironmentState> = {}) =>
  routeOf(aStateIn(phase, over)).slots.map(({ slot, release, weight }) => `${slot} ${release} ${weight}`);

describe('the command of a phase', () => {
  const previous = { release: older, warmUntil: 900 };

  it.each<[Phase, object | null]>([
    [
      { name: 'tidying', leftovers: [workload(older.id)] },
      { type: 'stop', workloads: [workload(older.id)] },
    ],
    [{ name: 'proving' }, { type: 'prove', wayBack: workload(first.id) }],
    [{ name: 'starting' }, { type: 'start', workload: workload(next.id) }],
    [
      { name: 'growing', step: 1 },
      { type: 'start', workload: workload(next.id) },
    ],
    [{ name: 'trying' }, { type: 'try', workload: workload(next.id), checks: [] }],
    [
      { name: 'verifying', since: 3 },
      { type: 'verify', workload: workload(next.id), checks: plan.verify, since: 3 },
    ],
    [
      { name: 'clearing', outcome },
      { type: 'stop', workloads: [workload(next.id)] },
    ],
    [
      { name: 'publishing', outcome },
      { type: 'publish', outcome },
    ],
    [
      { name: 'cooling', until: 900 },
      { type: 'wait', until: 900 },
    ],
    [{ name: 'retiring' }, { type: 'stop', workloads: [workload(older.id)] }],
    [
      { name: 'dismantling', leftovers: [workload(next.id)] },
      { type: 'stop', workloads: [workload(next.id)] },
    ],
    [{ name: 'over' }, null],
  ])('%j', (phase, command) => {
    expect(nextCommand(aStateIn(phase, { previous }))).toEqual(command);
  });

  it('starts no more instances of a canary than its share needs, and later the rest', () => {
    const [canary, ...rest] = plan.steps;
    if (!canary) throw new Error('no step');
    const small = aPlan({ steps: [{ ...canary, atMost: 2 }, ...rest] });
    expect(nextCommand(aStateIn(phases.starting, {}, small))).toMatchObject({ type: 'start', atMost: 2 });
    expect(nextCommand(aStateIn(phases.growing, {}, small))).not.toHaveProperty('atMost');
  });

  it.each<Phase>([
    { name: 'shifting', step: 1 },
    { name: 'settling' },
    { name: 'withdrawing', outcome },
    { name: 'lowering', leftovers: [] },
  ])('%j moves traffic', (phase) => {
    const state = aStateIn(phase);
    expect(nextCommand(state)).toEqual({ type: 'shift', route: routeOf(state) });
  });

  it('that watches asks for what comes after the last interval', () => {
    const phase = { ...startWatching(plan, 0, 1_000), observedTo: 11_000, observedAt: 11_500 };
    expect(nextCommand(aStateIn(phase))).toEqual({
      type: 'observe',
      from: 11_000,
      to: 21_500,
      history: false,
      workloads: [workload(next.id)],
      services: [],
    });
  });

  it('is none where no rollout ever was', () => {
    expect(nextCommand(aState())).toBeNull();
  });

  it('of a rollback proves the release that it goes to', () => {
    const back = transition(aState(), { type: 'begin', at: 0, plan: aPlan({ kind: 'rollback' }) });
    expect(nextCommand(back)).toEqual({ type: 'prove', wayBack: workload(next.id) });
  });
});

describe('the route', () => {
  it.each<[string, Phase, string[]]>([
    ['of a step', { name: 'shifting', step: 0 }, [`stable ${first.id} 95`, `canary ${next.id} 5`]],
    ['of the last step', { name: 'shifting', step: 3 }, [`stable ${first.id} 0`, `canary ${next.id} 100`]],
    ['while it is watched', startWatching(plan, 2, 0), [`stable ${first.id} 50`, `canary ${next.id} 50`]],
    ['while it is verified', { name: 'verifying', since: 0 }, [`stable ${first.id} 0`, `canary ${next.id} 100`]],
    ['of a withdrawal', { name: 'withdrawing', outcome }, [`stable ${first.id} 100`]],
    [
      'while more instances are started',
      { name: 'growing', step: 1 },
      [`stable ${first.id} 95`, `canary ${next.id} 5`],
    ],
    ['before anything moved', { name: 'starting' }, [`stable ${first.id} 100`]],
  ])('%s', (_, phase, expected) => {
    expect(slots(phase)).toEqual(expected);
  });

  it('of a settled release names it stable', () => {
    expect(slots({ name: 'settling' }, { stable: next })).toEqual([`stable ${next.id} 100`]);
  });

  it('of a first release that is withdrawn, or of an environment taken down, has no slots', () => {
    expect(slots({ name: 'withdrawing', outcome }, { stable: null })).toEqual([]);
    expect(slots({ name: 'lowering', leftovers: [] }, { stable: null })).toEqual([]);
  });

  it('of a first release names it stable from the start', () => {
    const state = aStateIn({ name: 'shifting', step: 0 }, { stable: null }, aPlan({ from: null }));
    expect(routeOf(state).slots).toEqual([{ slot: 'stable', release: next.id, weight: 100 }]);
  });

  it('carries the address of the plan, and the generation and sequence of the state', () => {
    expect(routeOf(aStateIn({ name: 'shifting', step: 0 }))).toMatchObject({
      project: 'app',
      environment: 'production',
      host: '127.0.0.1',
      port: 4000,
      generation: 2,
      sequence: 1,
    });
  });
});

describe('a route', () => {
  const config = aConfig({ canary: { method: 'sequential', metrics: { misses: { kind: 'ratio' } } } });
  const counting = planDeploy(config, 'production', 'production', plan);

  it.each<[string, Phase, Route['metrics']]>([
    ['while two releases are compared', startWatching(counting, 1, 0), { misses: 'ratio' }],
    ['on the way there', { name: 'shifting', step: 0 }, { misses: 'ratio' }],
    ['at 100 %', { name: 'shifting', step: 3 }, undefined],
    ['back', { name: 'withdrawing', outcome }, undefined],
  ])('wants metrics to be counted %s, if any', (_, phase, expected) => {
    expect(routeOf(aStateIn(phase, {}, counting)).metrics).toEqual(expected);
    expect(routeOf(aStateIn(phase)).metrics).toBeUndefined();
  });
});

describe('a rollout', () => {
  it.each<[Phase['name'], Phase, boolean, boolean]>([
    ['starting', { name: 'starting' }, false, false],
    ['publishing', { name: 'publishing', outcome }, false, false],
    ['cooling', { name: 'cooling', until: 9 }, true, false],
    ['retiring', { name: 'retiring' }, true, false],
    ['lowering', { name: 'lowering', leftovers: [] }, false, false],
    ['over', { name: 'over' }, true, true],
  ])('that is %s', (_, phase, settled, over) => {
    expect(isSettled(aStateIn(phase))).toBe(settled);
    expect(isOver(aStateIn(phase))).toBe(over);
  });

  it('that never was is settled and over', () => {
    expect(isSettled(aState())).toBe(true);
    expect(isOver(aState())).toBe(true);
  });
});
