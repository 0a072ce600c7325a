import { aRelease } from '../testing';
import { initialState, recoveredState, type Traces } from './initial';
import type { Route } from './model';
import { nextCommand, routeOf, workloadOf } from './next';
import { transition } from './transition';

const empty = initialState('app', 'production');
const [first, next] = [aRelease('first'), aRelease('next')];
const nothing: Traces = {
  route: null,
  entries: [],
  releaseOf: (id) => [first, next].find((known) => known.id === id) ?? null,
  at: 5_000,
};
const route = (slots: Route['slots']): Route => ({
  ...{ project: 'app', environment: 'production', host: '127.0.0.1', port: 4000 },
  ...{ generation: 3, sequence: 8, slots },
});
const whole = route([{ slot: 'stable', release: first.id, weight: 100 }]);

describe('the state of an environment that has none', () => {
  it('is empty where nothing ever was', () => {
    expect(recoveredState(empty, nothing)).toBe(empty);
  });

  it('has what serves for live, goes on counting, and says what happened', () => {
    const state = recoveredState(empty, { ...nothing, route: whole });
    expect(state).toMatchObject({ generation: 4, stable: first, previous: null, rollout: null });
    expect(state.outbox).toMatchObject([
      { what: 'recovered', release: first.id, detail: `the state was gone; ${first.id} serves`, at: 5_000 },
    ]);
  });

  it('takes its traffic from the release that has the smaller part of it', () => {
    const slots: Route['slots'] = [
      { slot: 'stable', release: first.id, weight: 95 },
      { slot: 'canary', release: next.id, weight: 5 },
    ];
    const state = recoveredState(empty, { ...nothing, route: route(slots) });
    expect(state).toMatchObject({
      stable: first,
      rollout: { plan: { release: next }, phase: { name: 'withdrawing' } },
    });
    expect(routeOf(state).slots).toEqual([{ slot: 'stable', release: first.id, weight: 100 }]);
    expect(routeOf(state)).toMatchObject({ host: whole.host, port: whole.port });

    const shifted = transition(state, { type: 'shifted', at: 6_000, since: 6_000 });
    // what its plan was is lost, so there may be a fresh baseline of either
    const fresh = { ...workloadOf(state, next), slot: 'baseline' };
    expect(nextCommand(shifted)).toEqual({
      type: 'stop',
      workloads: [workloadOf(state, next), fresh, { ...fresh, release: first.id }],
    });
    expect(transition(shifted, { type: 'stopped', at: 7_000 })).toMatchObject({ stable: first, rollout: null });
  });

  it('knows what is live by all its slots: a canary may have more than stable beside a fresh baseline', () => {
    const slots: Route['slots'] = [
      { slot: 'stable', release: first.id, weight: 20 },
      { slot: 'baseline', release: first.id, weight: 38 },
      { slot: 'canary', release: next.id, weight: 42 },
    ];
    const state = recoveredState(empty, { ...nothing, route: route(slots) });
    expect(state).toMatchObject({ stable: first, rollout: { plan: { release: next } } });
    expect(routeOf(state).slots).toEqual([{ slot: 'stable', release: first.id, weight: 100 }]);
  });

  it('never uses the number of an entry that is in the audit log', () => {
    const entries = ['app/production/11.4.0', 'app/production/7.0.0'];
    expect(recoveredState(empty, { ...nothing, route: whole, entries }).generation).toBe(12);
    expect(recoveredState(empty, { ...nothing, entries })).toMatchObject({ generation: 12, stable: null });
  });

  it('takes nothing for live that has no traffic, though it is all that this machine has', () => {
    const slots: Route['slots'] = [
      { slot: 'stable', release: first.id, weight: 0 },
      { slot: 'canary', release: 'of-another-machine', weight: 100 },
    ];
    expect(recoveredState(empty, { ...nothing, route: route(slots) })).toMatchObject({ stable: null, rollout: null });
  });

  it('takes nothing for live that this machine does not have', () => {
    const unknown = route([{ slot: 'stable', release: 'unheard', weight: 100 }]);
    expect(recoveredState(empty, { ...nothing, route: unknown })).toMatchObject({ generation: 4, stable: null });
  });
});
