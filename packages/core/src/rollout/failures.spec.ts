import { toProblem, sluiceError } from '../errors';
import { aPlan, aStateIn, phases } from '../testing';
import type { EnvironmentState, Event, Phase } from './model';
import { transition } from './transition';

const odd = { code: 'INTERNAL', message: 'the socket closed', remedy: 'try again' };
const portInUse = toProblem(sluiceError('PORT_IN_USE', { port: 4000, environment: 'production' }));
const failed = (at: number, problem = odd): Event => ({ type: 'failed', at, problem });

/** The state after so many failures in a row, the last of them at `last`. */
function after(state: EnvironmentState, count: number, last = 1_000): EnvironmentState {
  let current = state;
  for (let i = count; i > 0; i--) current = transition(current, failed(last - i + 1));
  return current;
}
const phaseOf = (state: EnvironmentState): Phase['name'] | undefined => state.rollout?.phase.name;

describe('a command that failed', () => {
  it('is tried again, later each time, and half a minute later at most', () => {
    let state = aStateIn(phases.settling);
    const waits: number[] = [];
    for (let i = 0; i < 10; i++) {
      state = transition(state, failed(1_000));
      waits.push((state.rollout?.failures.retryAt ?? 0) - 1_000);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
  });

  it('leaves the problem in the state for whoever looks', () => {
    const { rollout } = transition(aStateIn(phases.starting), failed(1_000));
    expect(rollout?.failures).toEqual({ count: 1, problem: odd, retryAt: 1_500 });
  });

  it.each(Object.values(phases).map(({ name }) => name))(
    'four times leaves a rollout that is %s where it is',
    (name) => {
      expect(phaseOf(after(aStateIn(phases[name]), 4))).toBe(name);
    },
  );
});

it('an old release that can not be stopped stays known, so that it is stopped later', () => {
  const older = aPlan().from;
  if (!older) throw new Error('nothing is live');
  const warm = { release: older, warmUntil: 60_000 };
  const given = after(aStateIn(phases.tidying, { previous: warm }), 5);
  expect(given.rollout?.phase).toMatchObject({ name: 'publishing', outcome: { result: 'failed', cause: 'world' } });
  const ended = transition(given, { type: 'published', at: 2_000 });
  expect(ended.previous).toEqual(warm);
  expect(ended.rollout?.phase).toEqual({ name: 'cooling', until: 60_000 });
});

describe('after five failures in a row', () => {
  it.each<[Phase['name'], Phase['name']]>([
    ['tidying', 'publishing'],
    ['proving', 'publishing'],
    ['starting', 'clearing'],
    ['trying', 'clearing'],
    ['growing', 'withdrawing'],
    ['shifting', 'withdrawing'],
    ['merging', 'withdrawing'],
    ['shedding', 'withdrawing'],
    ['verifying', 'withdrawing'],
    ['publishing', 'over'],
    ['watching', 'watching'],
    ['settling', 'settling'],
    ['withdrawing', 'withdrawing'],
    ['clearing', 'clearing'],
    ['cooling', 'cooling'],
    ['retiring', 'retiring'],
    ['lowering', 'lowering'],
    ['dismantling', 'dismantling'],
    ['over', 'over'],
  ])('a rollout that was %s is %s', (name, next) => {
    expect(phaseOf(after(aStateIn(phases[name]), 5))).toBe(next);
  });

  it('the world is to blame, and the count begins anew', () => {
    const { rollout } = after(aStateIn(phases.shifting), 5);
    expect(rollout?.phase).toMatchObject({
      outcome: { result: 'rolled-back', reason: 'the socket closed (INTERNAL)', at: 1_000, cause: 'world' },
    });
    expect(rollout?.failures).toEqual({ count: 0, problem: odd, retryAt: 0 });
  });

  it('nothing was rolled back where nothing was moved', () => {
    expect(after(aStateIn(phases.proving), 5).rollout?.phase).toMatchObject({ outcome: { result: 'failed' } });
  });

  it('a report that could not be written is part of the outcome, which stays', () => {
    const { rollout } = after(aStateIn(phases.publishing), 5);
    expect(rollout?.outcome).toMatchObject({
      result: 'rolled-back',
      reason: 'twice the errors; the report could not be written: the socket closed',
    });
  });

  it('nothing else is done before the router knows the split of a driver that took over', () => {
    for (const phase of [phases.proving, phases.starting, phases.watching, phases.publishing]) {
      const { rollout, ...state } = aStateIn(phase);
      const taken = { ...state, rollout: rollout && { ...rollout, isClaimed: false } };
      expect(phaseOf(after(taken, 50))).toBe(phase.name);
    }
  });

  it('a first release keeps its instances for as long as it may have traffic', () => {
    const first = aStateIn(phases.withdrawing, {}, aPlan({ from: null }));
    expect(phaseOf(after(first, 50))).toBe('withdrawing');
  });
});

describe('watching that fails', () => {
  const { noData } = aPlan().judge;
  const watching = aStateIn({ ...phases.watching, observedAt: 10_000 });

  it('goes on for as long as data may be missing', () => {
    expect(phaseOf(after(watching, 20, 10_000 + noData))).toBe('watching');
  });

  it('turns back when nothing was seen for longer, never on', () => {
    const { rollout } = after(watching, 20, 10_000 + noData + 1);
    expect(rollout?.phase).toMatchObject({ name: 'withdrawing', outcome: { cause: 'world' } });
  });
});

describe('what trying again can not mend', () => {
  it.each<[Phase['name'], Phase['name']]>([
    ['starting', 'clearing'],
    ['shifting', 'clearing'],
    ['settling', 'settling'],
  ])('ends at once a rollout that is %s: %s', (name, next) => {
    expect(phaseOf(transition(aStateIn(phases[name]), failed(1_000, portInUse)))).toBe(next);
  });

  it.each([
    ['an earlier try may have come to a part of the router', transition(aStateIn(phases.shifting), failed(1_000))],
    ['traffic is being taken back', aStateIn(phases.withdrawing)],
    ['traffic is being taken back, again and again', after(aStateIn(phases.withdrawing), 7)],
  ])('is no reason to stop instances while %s (seed 699561)', (_, state) => {
    expect(phaseOf(transition(state, failed(2_000, portInUse)))).toBe('withdrawing');
  });

  it('does not leave traffic with the release where it had some', () => {
    const { rollout, ...state } = aStateIn(phases.watching);
    if (!rollout) throw new Error('no rollout');
    const withdrawing = { ...state, rollout: { ...rollout, phase: phases.withdrawing } };
    expect(phaseOf(after(withdrawing, 9))).toBe('withdrawing');
    expect(phaseOf(transition(withdrawing, failed(1_000, portInUse)))).toBe('withdrawing');
  });
});
