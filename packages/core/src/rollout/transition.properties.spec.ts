import fc from 'fast-check';
import { aCheckResult, anInterval, aPlan, aRelease, aState, someFigures, someHealth } from '../testing';
import { answerTo } from './answer';
import { withFreshBaseline } from './fresh-baseline';
import type { Act, EnvironmentState, Event } from './model';
import { nextCommand, routeOf, shareOf } from './next';
import { transition } from './transition';

jest.setTimeout(60_000);

/** What chance decides about one event. */
interface Dice {
  kind: number;
  ok: boolean;
  after: number;
  errors: number;
  isSilent: boolean;
  release: string;
}

const dice: fc.Arbitrary<Dice> = fc.record({
  kind: fc.nat({ max: 99 }),
  ok: fc.boolean(),
  after: fc.integer({ min: 0, max: 300_000 }),
  errors: fc.nat({ max: 100 }),
  isSilent: fc.boolean(),
  release: fc.constantFrom('first', 'next', 'third', 'fourth'),
});

const problems = ['INTERNAL', 'PORT_IN_USE', 'COMMAND_TIMEOUT', 'ROUTE_STALE'];

/**
 * Three in four are what the state waits for; the others are failures, acts, and answers that nobody waits for. While the
 * old release cools people act more.
 */
function eventFor(state: EnvironmentState, roll: Dice, at: number): Event {
  const { kind, after } = roll;
  const command = nextCommand(state);
  if (!command || kind >= 90 || (command.type === 'wait' && kind >= 30)) return actFor(state, roll, at);
  if (kind < 75) return chanceAnswer(command.type, state, roll, at);
  if (kind < 85) return chanceAnswer(anyAnswer[after % anyAnswer.length] ?? 'stop', state, roll, at);
  const code = problems[kind % problems.length] ?? 'INTERNAL';
  return { type: 'failed', at, problem: { code, message: 'it failed', remedy: 'try again' } };
}

function actFor(state: EnvironmentState, { ok, release: name, after }: Dice, at: number): Act {
  const release = aRelease(name);
  const begin = (over: Parameters<typeof aPlan>[0]): Act => ({ type: 'begin', at, plan: aPlan({ release, ...over }) });
  switch (after % 8) {
    case 0:
      return { type: 'abort', at, by: 'dana', reason: 'no reason' };
    case 1:
      return { type: 'goal', at, by: 'dana', goal: ok ? 'production' : 'canary' };
    case 2:
      return { type: 'allow', at, by: 'dana', release: release.id, reason: 'once more' };
    case 3:
      return { type: 'down', at, by: 'dana' };
    case 4:
      return begin({ from: ok ? null : aRelease('first'), goal: 'canary' });
    default:
      return begin({
        from: state.stable,
        kind: ok ? 'deploy' : 'rollback',
        ...(state.stable && after % 3 === 0 && { steps: fresh }),
      });
  }
}

/** Half of the steps have a fresh baseline. */
const fresh = aPlan().steps.map(withFreshBaseline);

const anyAnswer = ['prove', 'start', 'try', 'shift', 'observe', 'verify', 'publish', 'wait', 'stop'] as const;

function chanceAnswer(command: (typeof anyAnswer)[number], state: EnvironmentState, roll: Dice, at: number): Event {
  const { ok, errors, isSilent } = roll;
  const plan = state.rollout?.plan ?? aPlan();
  const isGood = ok || errors < 80;
  const [names, bad] = command === 'try' ? ([plan.trial, 'skip'] as const) : ([plan.verify, 'fail'] as const);
  const from = state.rollout?.phase.name === 'watching' ? state.rollout.phase.observedTo : at;
  const slots = () => [
    someFigures({ release: plan.release.id, requests: 600, errors: Math.floor(errors / 4) }),
    someFigures({ slot: 'stable', requests: 600, errors: 12 }),
    someFigures({ slot: 'baseline', requests: 600, errors: 12 }),
  ];
  return answerTo(command, at, {
    ok: isGood,
    reason: 'looked at',
    checks: names.map((name) => aCheckResult(name, { status: isGood ? 'pass' : bad })),
    health: [someHealth(plan.release.id)],
    baseline: someHealth('baseline'),
    interval: () => anInterval(from, at, isSilent && !ok ? [] : slots()),
  });
}

const starts = fc.constantFrom(aState(), aState({ stable: null }), aState({ environment: 'staging', generation: 7 }));

/** Every state on the way, with the event that led to it. */
function walk(start: EnvironmentState, rolls: readonly Dice[]) {
  let state = start;
  let at = 1_000;
  return rolls.map((roll) => {
    const before = state;
    at += roll.after;
    const event = eventFor(before, roll, at);
    state = transition(before, event);
    return { before, event, after: state };
  });
}

const always = (check: (step: ReturnType<typeof walk>[number]) => void, numRuns = 300) =>
  fc.assert(
    fc.property(starts, fc.array(dice, { maxLength: 90 }), (start, rolls) => walk(start, rolls).forEach(check)),
    { numRuns },
  );

describe('whatever happens, in whatever order', () => {
  it('the split adds up to 100, or nothing is served', () => {
    always(({ after }) => {
      if (!after.rollout) return;
      const { slots } = routeOf(after);
      const total = slots.reduce((sum, { weight }) => sum + weight, 0);
      expect(slots.length === 0 ? 100 : total).toBe(100);
      expect(slots.every(({ weight }) => Number.isInteger(weight) && weight >= 0)).toBe(true);
      expect(new Set(slots.map(({ slot }) => slot)).size).toBe(slots.length);
    });
  });

  it('the pair of generation and sequence grows with every event', () => {
    always(({ before, after }) => {
      const order = after.generation - before.generation || after.sequence - before.sequence;
      expect(order).toBeGreaterThan(0);
      expect(after.generation - before.generation).toBeLessThanOrEqual(1);
    });
  });

  it('the state is plain data: JSON changes nothing of it, and the same event leads on from it', () => {
    always(({ before, event, after }) => {
      const text = JSON.stringify(before);
      const parse: (json: string) => EnvironmentState = JSON.parse;
      expect(JSON.stringify(transition(parse(text), event))).toBe(JSON.stringify(after));
      expect(JSON.stringify(before)).toBe(text);
    }, 100);
  });

  it('every entry of the audit log has an id of its own', () => {
    fc.assert(
      fc.property(starts, fc.array(dice, { maxLength: 90 }), (start, rolls) => {
        const ids = walk(start, rolls).flatMap(({ after }) => after.outbox.map(({ id }) => id));
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it('no step is skipped or repeated', () => {
    always(({ after: { rollout } }) => {
      if (!rollout) return;
      const shares = rollout.steps.map(({ traffic }) => traffic);
      expect(shares).toEqual(rollout.plan.steps.slice(0, shares.length).map(({ traffic }) => traffic));
      expect(shareOf(rollout) ?? 0).toBeLessThanOrEqual(rollout.plan.steps[shares.length]?.traffic ?? 100);
    });
  });

  it('what is live is never stopped, and neither is the way back before the rollout is decided', () => {
    always(({ after }) => {
      const command = nextCommand(after);
      if (command?.type !== 'stop') return;
      const stopped = command.workloads.filter(({ slot }) => slot === undefined).map(({ release }) => release);
      expect(stopped).not.toContain(after.stable?.id);
    });
  });

  it('a fresh baseline is never stopped while it has traffic, nor left behind by a rollout that is over', () => {
    always(({ after }) => {
      const command = nextCommand(after);
      const isServed = after.rollout !== null && routeOf(after).slots.some(({ slot }) => slot === 'baseline');
      if (command?.type === 'stop' && command.workloads.some(({ slot }) => slot === 'baseline'))
        expect(isServed).toBe(false);
      const isDone = ['verifying', 'settling', 'publishing', 'cooling', 'over'].includes(
        after.rollout?.phase.name ?? '',
      );
      if (isDone) expect(isServed).toBe(false);
    });
  });

  it('only what was verified becomes live', () => {
    always(({ before, event, after }) => {
      if (after.stable?.id === before.stable?.id || after.stable === null) return;
      expect(event.type).toBe('verified');
      expect(after.stable.id).toBe(before.rollout?.plan.release.id);
    });
  });

  it('there is a command exactly as long as the rollout is not over', () => {
    always(({ after }) => {
      expect(nextCommand(after) === null).toBe(!after.rollout || after.rollout.phase.name === 'over');
    });
  });
});

describe('the walks of these properties', () => {
  it('come through every phase', () => {
    const seen = new Set<string>();
    const rolls = fc.sample(fc.array(dice, { minLength: 60, maxLength: 90 }), { numRuns: 80, seed: 1 });
    for (const [i, roll] of rolls.entries()) {
      const start = i % 2 ? aState() : aState({ stable: null });
      for (const { after } of walk(start, roll)) seen.add(after.rollout?.phase.name ?? 'none');
    }
    expect([...seen].sort()).toEqual(
      [
        ...[
          'none',
          'tidying',
          'proving',
          'starting',
          'trying',
          'shifting',
          'watching',
          'merging',
          'shedding',
          'verifying',
          'settling',
        ],
        ...['withdrawing', 'clearing', 'publishing', 'cooling', 'retiring', 'lowering', 'dismantling', 'over'],
      ].sort(),
    );
  });
});
