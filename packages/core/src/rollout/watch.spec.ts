import { anInterval, aRelease, aStateIn, phases, someFigures, someHealth } from '../testing';
import type { Event } from './model';
import { bad, judged, minute, silent, times, watch, type Seen } from './testing/watch-minutes';
import { decide, observe } from './watch';

type Observed = Extract<Event, { type: 'observed' }>;

describe('a step that is judged', () => {
  it('stays for its minimum time, then goes on', () => {
    expect(watch(times(5)).next).toEqual(['stay', 'stay', 'stay', 'stay', 'advance']);
  });

  it('says that instances ended when it goes back for its errors', () => {
    const { decisions } = watch(times(5, { ...bad, restarts: 2 }));
    expect(decisions.find(({ next }) => next === 'withdraw')?.gate.reasons.at(-1)).toBe('its instances ended 2 times');
  });

  it('says how much time is left', () => {
    expect(watch(times(2)).decisions[1]?.gate).toMatchObject({
      verdict: 'inconclusive',
      reasons: ['3m left', expect.any(String), expect.any(String)],
    });
  });

  it('is withdrawn as soon as three checks in a row have failed', () => {
    const { next, decisions } = watch(times(3, bad));
    expect(next).toEqual(['stay', 'stay', 'withdraw']);
    expect(decisions[2]).toMatchObject({ cause: 'release' });
  });

  it('is withdrawn at the end of its minimum time when gate 2 refuses it, though nothing was bad enough before', () => {
    const { next, decisions } = watch(times(5, { ms: 70 }));
    expect(next).toEqual(['stay', 'stay', 'stay', 'stay', 'withdraw']);
    expect(decisions[4]).toMatchObject({ cause: 'release', gate: { verdict: 'fail' } });
  });

  it('forgives a bad interval', () => {
    expect(watch([bad, bad, {}, bad, {}]).next).toEqual(['stay', 'stay', 'stay', 'stay', 'advance']);
  });

  it('is withdrawn at once by a hard gate, whatever the judge says', () => {
    const { next, decisions } = watch([{}, { healthy: 0 }, { healthy: 0 }]);
    expect(next).toEqual(['stay', 'stay', 'withdraw']);
    expect(decisions[2]?.gate.reasons).toEqual([`${aRelease('next').id} is down for 1m`]);
  });

  it('is withdrawn by a hard gate with the last lines of an instance that ended, though it is up again', () => {
    const crash = { how: 'exited with code 1', lines: ['no memory'] };
    const { decisions } = watch([{}, { restarts: 3, crash }]);
    expect(decisions[1]).toMatchObject({ next: 'withdraw', cause: 'release' });
    expect(decisions[1]?.gate.reasons).toEqual([
      'instances of the release ended and were restarted 3 times',
      'the latest that ended (exited with code 1) wrote before:\n  | no memory',
    ]);
  });

  it('is not advanced while its instances are seen to be down, however good the figures were', () => {
    expect(watch([...times(4), { healthy: 0 }, ...times(2)]).next.slice(3)).toEqual([
      'stay',
      'stay',
      'advance',
      'advance',
    ]);
  });

  it('is withdrawn by a hard gate even when it would go on', () => {
    expect(watch([...times(3), { restarts: 0 }, { restarts: 3 }]).next.at(-1)).toBe('withdraw');
  });
});

describe('a canary that is to come no further', () => {
  const plan = { ...judged, goal: 'canary' as const };

  it('waits when it has passed, as long as it takes', () => {
    const { next, phase } = watch(times(20), { plan });
    expect(next.slice(0, 6)).toEqual(['stay', 'stay', 'stay', 'stay', 'wait', 'stay']);
    expect(new Set(next.slice(5))).toEqual(new Set(['stay']));
    expect(phase.waiting).toBe('goal');
  });

  it('is still watched while it waits', () => {
    expect(watch([...times(6), ...times(3, bad)], { plan }).next.at(-1)).toBe('withdraw');
  });

  it('waits through the night when nobody comes', () => {
    expect(watch([...times(6), ...times(30, silent)], { plan }).next.at(-1)).toBe('stay');
  });

  it('goes on when the goal has moved', () => {
    const { rollout, phase } = watch(times(6), { plan });
    const event: Observed = {
      type: 'observed',
      at: 7 * minute,
      interval: anInterval(6 * minute, 7 * minute, [someFigures(), someFigures({ slot: 'stable' })]),
      health: [],
    };
    const moved = { ...rollout, plan: { ...rollout.plan, goal: 'production' as const } };
    expect(decide(moved, observe(moved, phase, event).phase, event, { unfrozen: null, at: event.at }).next).toBe(
      'advance',
    );
  });
});

describe('a step of everything', () => {
  it('has no baseline: it stays for its time under the hard gates alone', () => {
    expect(watch(times(2, { errors: 30 }), { step: 1 }).next).toEqual(['stay', 'advance']);
    expect(watch(times(2, { errors: 100 }), { step: 1 }).next).toEqual(['withdraw', 'withdraw']);
  });
});

describe('a step without figures', () => {
  /** A passing step of which nothing more is measured, minute after minute from the sixth on. */
  function blind(minutes: number, step: number, health = [someHealth('next')], consecutiveErrorLimit = 10) {
    const plan = { ...judged, judge: { ...judged.judge, consecutiveErrorLimit } };
    let { rollout, phase } = watch(times(1), { plan, step });
    const seenTo = phase.observedTo;
    const decisions = Array.from({ length: minutes }, (_, n) => {
      const missing = { code: 'INTERNAL', message: 'no metrics', remedy: '' };
      const at = (6 + n) * minute;
      const event: Observed = { type: 'observed', at, interval: anInterval(seenTo, seenTo), missing, health };
      ({ rollout, phase } = observe(rollout, phase, event));
      return decide(rollout, phase, event, { unfrozen: null, at: event.at });
    });
    return decisions;
  }

  it.each([0, 1])(
    'never goes on, though its time is over, and back when they are missing too long: step %d',
    (step) => {
      const decisions = blind(5, step);
      expect(decisions.map(({ next }) => next)).toEqual(['stay', 'stay', 'stay', 'stay', 'withdraw']);
      expect(decisions.at(-1)).toMatchObject({
        cause: 'world',
        gate: { verdict: 'inconclusive', reasons: ['no figures for 4m: no metrics'] },
      });
    },
  );

  it('ends without a conclusion as soon as more readings in a row fail than its method tolerates', () => {
    const decisions = blind(3, 0, [], 2);
    expect(decisions.map(({ next }) => next)).toEqual(['stay', 'stay', 'withdraw']);
    expect(decisions[2]).toMatchObject({
      cause: 'world',
      gate: {
        verdict: 'inconclusive',
        reasons: ['3 readings in a row without usable figures, 2 are tolerated: no metrics'],
      },
    });
  });

  it('that is not judged does not go by what the method tolerates', () => {
    expect(blind(3, 1, [], 0).map(({ next }) => next)).toEqual(['stay', 'stay', 'stay']);
  });

  it('is withdrawn at once when its instances are down', () => {
    const down = [someHealth('next', { healthy: 0, reason: 'refused' })];
    expect(blind(2, 0, down)[1]).toMatchObject({ next: 'withdraw', cause: 'release', gate: { verdict: 'fail' } });
  });
});

describe('figures that can not be true', () => {
  const odd: Seen = { errors: -1 };

  it('end a step without a conclusion where they come more often in a row than is tolerated', () => {
    const { next, decisions } = watch([...times(4), ...times(5, odd)]);
    expect(next).toEqual(['stay', 'stay', 'stay', 'stay', 'advance', 'advance', 'advance', 'stay', 'withdraw']);
    expect(decisions.at(-1)).toMatchObject({ cause: 'world', gate: { verdict: 'inconclusive' } });
  });

  it('are in no record and count for no gate', () => {
    const { rollout, phase } = watch([{}, odd, { errors: NaN }, { canary: 0.5, errors: 0 }]);
    expect(rollout.steps.at(-1)?.slots.map(({ slot, requests, errors }) => [slot, requests, errors])).toEqual([
      ['canary', 200, 0],
      ['stable', 4000, 0],
    ]);
    expect(phase.hard.ceiling).toBeNull();
  });
});

describe('what is observed', () => {
  const event = (from: number, to: number, at: number): Observed => ({
    type: 'observed',
    at,
    interval: anInterval(from, to, [someFigures(), someFigures({ slot: 'stable' })]),
    health: [],
  });
  const begun = () => {
    const { rollout } = aStateIn(phases.watching);
    if (!rollout) throw new Error('no rollout');
    return rollout;
  };

  it('is added up by slot, and where it ended is where the next begins', () => {
    const first = observe(begun(), phases.watching, event(0, 9_000, 10_000));
    const second = observe(first.rollout, first.phase, event(9_000, 19_000, 20_000));
    expect(second.phase).toMatchObject({ observedTo: 19_000, observedAt: 20_000 });
    expect(second.rollout.steps.at(-1)?.slots.map(({ slot, requests }) => [slot, requests])).toEqual([
      ['canary', 2000],
      ['stable', 2000],
    ]);
  });

  it('is not counted twice when an interval comes again', () => {
    const first = observe(begun(), phases.watching, event(0, 9_000, 10_000));
    const again = observe(first.rollout, first.phase, event(0, 9_000, 20_000));
    expect(again.rollout).toEqual(first.rollout);
    expect(again.phase).toEqual({ ...first.phase, observedAt: 20_000, blindSince: 20_000 });
  });

  it('that is nothing for a while is no longer blind with the first new figures', () => {
    const blind = observe(begun(), phases.watching, event(0, 0, 10_000));
    const still = observe(blind.rollout, blind.phase, event(0, 0, 20_000));
    const seeing = observe(still.rollout, still.phase, event(0, 29_000, 30_000));
    expect([blind, still, seeing].map(({ phase }) => phase.blindSince)).toEqual([10_000, 10_000, null]);
  });

  it('that is nothing yet moves only the time at which it was looked', () => {
    const { phase, rollout } = observe(begun(), phases.watching, {
      ...event(0, 0, 10_000),
      interval: anInterval(0, 0),
    });
    expect(phase).toMatchObject({ observedTo: 0, observedAt: 10_000 });
    expect(rollout.steps.at(-1)?.slots).toEqual([]);
  });

  it('is compared with the split: a slot without its share is a finding', () => {
    const { rollout } = observe(begun(), phases.watching, event(0, 9_000, 10_000));
    expect(rollout.steps.at(-1)?.finding).toBe('the release got 1000 of 2000 requests, its share of 5 % would be 100');
  });
});
