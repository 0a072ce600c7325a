import { anInterval, aThreshold, someFigures } from '../testing';
import type { Interval } from './figures';
import { thresholdJudge, type ThresholdState } from './threshold';

const settings = aThreshold({ minRequests: 100, noData: 180_000, interval: 10_000 });
const margins = {
  promote: { errors: { ratio: 1, absolute: 0 }, latency: { ratio: 1.1, absolute: 5 } },
  rollback: { errors: { ratio: 1.5, absolute: 0 }, latency: { ratio: 2, absolute: 5 } },
};
const judge = thresholdJudge({ ...settings, ...margins });

interface Seen {
  canary?: number;
  stable?: number;
  errors?: number;
  ms?: number;
}

/** The state after intervals of ten seconds; baseline: 1 % errors, 100 ms. */
function judged(...intervals: Seen[]): { state: ThresholdState; at: number } {
  let state = judge.start(0);
  let at = 0;
  for (const { canary = 100, stable = 1000, errors = Math.floor(canary / 100), ms = 100 } of intervals) {
    const slots = [
      someFigures({ requests: canary, errors, ms }),
      someFigures({ slot: 'stable', requests: stable, errors: Math.floor(stable / 100), ms: 100 }),
    ];
    state = judge.observe(
      state,
      anInterval(
        at,
        at + 10_000,
        slots.filter(({ requests }) => requests > 0),
      ),
    );
    at += 10_000;
  }
  return { state, at };
}

const verdicts = (...intervals: Seen[]) => {
  const { state, at } = judged(...intervals);
  const { abort, promote } = judge.evidence(state, at);
  return { abort: abort.verdict, promote: promote.verdict };
};

const good: Seen = {};
const slow: Seen = { ms: 120 };
const bad: Seen = { errors: 5 };
const odd: Seen = { errors: -1 };

describe('the method "threshold"', () => {
  it.each([
    ['one good check', [good], 'pass', 'pass'],
    ['one check that triggers', [bad], 'pass', 'inconclusive'],
    ['two in a row', [bad, bad], 'pass', 'inconclusive'],
    ['three in a row', [bad, bad, bad], 'fail', 'fail'],
    ['three with a good one between', [bad, bad, good, bad], 'pass', 'inconclusive'],
    ['three checks that gate 2 refuses', [slow, slow, slow], 'pass', 'fail'],
    ['two of them', [slow, slow], 'pass', 'inconclusive'],
    ['a good check after two bad ones', [bad, bad, good], 'pass', 'pass'],
    ['four in a row', [bad, bad, bad, bad], 'fail', 'fail'],
    ['failing and inconclusive checks by turns', [bad, slow, bad], 'pass', 'fail'],
    ['failing checks with an inconclusive one between', [bad, bad, slow, bad, bad], 'pass', 'fail'],
    ['inconclusive checks with a good one between', [slow, slow, good, slow, slow], 'pass', 'inconclusive'],
    ['failing checks with an error between', [bad, odd, bad, odd, bad], 'fail', 'fail'],
    ['a good check and an error', [good, odd], 'pass', 'pass'],
    ['errors alone', [odd, odd, odd], 'inconclusive', 'inconclusive'],
  ] as const)('after %s', (_, intervals, abort, promote) => {
    expect(verdicts(...intervals)).toEqual({ abort, promote });
  });

  it.each([
    ['the canary', { canary: 99 }],
    ['the baseline', { canary: 100, stable: 99 }],
  ])('says nothing before %s has enough requests', (_, interval) => {
    const { state, at } = judged(interval);
    expect(state.checks).toBe(0);
    expect(judge.evidence(state, at)).toMatchObject({
      abort: { verdict: 'inconclusive' },
      promote: { verdict: 'inconclusive' },
    });
  });

  it('says what it waits for', () => {
    const { state, at } = judged({ canary: 40, stable: 700 });
    expect(judge.evidence(state, at).promote.reasons).toEqual([
      'not enough requests for a check yet: canary 40, baseline 700, each needs 100',
    ]);
  });

  it('gathers intervals until there are enough requests, and begins anew after each check', () => {
    const { state } = judged({ canary: 60 }, { canary: 60 }, { canary: 60 });
    expect(state.checks).toBe(1);
    expect(state.canary.requests).toBe(60);
    expect(state.baseline.requests).toBe(1000);
  });

  it('compares with a fresh baseline where there is one', () => {
    const slots = [
      someFigures({ requests: 100, errors: 5 }),
      someFigures({ slot: 'baseline', requests: 100, errors: 5 }),
      someFigures({ slot: 'stable', requests: 1000, errors: 0 }),
    ];
    const state = judge.observe(judge.start(0), anInterval(0, 10_000, slots));
    expect(judge.evidence(state, 10_000).promote.verdict).toBe('pass');
  });

  it('counts the latency of every request in the check, not the last interval alone', () => {
    const { state } = judged({ canary: 95, ms: 1000 }, { canary: 5, ms: 10 });
    expect(state.last?.gate.comparisons[1]?.value).toBe(1000);
  });
});

describe('no data', () => {
  it.each([
    ['nothing ever', []],
    ['intervals without a request', [{ canary: 0, stable: 0 }]],
    ['a baseline alone', [{ canary: 0 }]],
    ['a canary alone', [{ stable: 0 }]],
    ['good checks long ago', [good, good]],
  ])('is never a pass: %s', (_, intervals) => {
    const { state, at } = judged(...intervals);
    expect(judge.evidence(state, at + settings.noData + 1).promote.verdict).toBe('inconclusive');
    expect(judge.evidence(state, at + settings.noData + 1).abort.verdict).not.toBe('fail');
  });

  it('names who was silent', () => {
    const reasons = (...intervals: Seen[]) => {
      const { state, at } = judged(...intervals);
      return judge.evidence(state, at + settings.noData + 1).promote.reasons.join();
    };
    expect(reasons()).toBe('no data: the canary and the baseline had no request for too long');
    const quietCanary = Array.from({ length: 20 }, () => ({ canary: 0 }));
    const { state, at } = judged(good, ...quietCanary);
    expect(judge.evidence(state, at).promote.reasons).toEqual(['no data: the canary had no request for too long']);
  });

  it('does not take back that the release is to be withdrawn', () => {
    const { state, at } = judged(bad, bad, bad);
    expect(judge.evidence(state, at + settings.noData + 1).abort.verdict).toBe('fail');
  });

  it('of the latency alone is no check that failed', () => {
    const blind: Interval = anInterval(0, 10_000, [
      someFigures({ requests: 100, errors: 0, latency: [] }),
      someFigures({ slot: 'stable', requests: 100 }),
    ]);
    const state = [1, 2, 3, 4].reduce((before) => judge.observe(before, blind), judge.start(0));
    expect(judge.evidence(state, 10_000)).toMatchObject({
      abort: { verdict: 'pass' },
      promote: { verdict: 'inconclusive' },
    });
  });
});

describe('the limits of "threshold"', () => {
  /** What it says after so many intervals of ten seconds, the canary's of `errors` in 100 at `ms`. */
  const after = (limits: Partial<typeof settings>, counts: { errors?: number; ms?: number }[]) => {
    const strict = thresholdJudge({ ...settings, ...margins, ...limits });
    const state = counts.reduce(
      (before, { errors = 1, ms = 100 }, i) =>
        strict.observe(
          before,
          anInterval(i * 10_000, (i + 1) * 10_000, [
            someFigures({ requests: 100, errors, ms }),
            someFigures({ slot: 'stable', requests: 1000, errors: 10, ms: 100 }),
          ]),
        ),
      strict.start(0),
    );
    const { abort, promote } = strict.evidence(state, counts.length * 10_000);
    return `${abort.verdict} ${promote.verdict}`;
  };

  it.each([
    [{ failureLimit: 0 }, [bad], 'fail inconclusive'],
    [{ failureLimit: 1 }, [bad], 'pass inconclusive'],
    [{ failureLimit: 1 }, [bad, bad], 'fail inconclusive'],
    [{ failureLimit: 4 }, [bad, bad, bad], 'pass fail'],
    [{ inconclusiveLimit: 0 }, [slow], 'pass fail'],
    [{ inconclusiveLimit: 1 }, [slow], 'pass inconclusive'],
    [{ inconclusiveLimit: 3 }, [slow, slow, slow], 'pass inconclusive'],
    [{ inconclusiveLimit: 3 }, [slow, bad, slow, bad], 'pass fail'],
  ])('count checks in a row that are tolerated: %j', (limits, counts, said) => {
    expect(after(limits, counts)).toBe(said);
  });

  it('do not let pass what a trigger fires on, though its margin is below that of gate 2', () => {
    const lenient = { ...margins, promote: { ...margins.promote, errors: { ratio: 1, absolute: 0.1 } } };
    expect(after(lenient, [bad])).toBe('pass inconclusive');
    expect(after(lenient, [bad, bad, bad])).toBe('fail fail');
  });

  it('say how many checks there were in a row, and how many are tolerated', () => {
    const { state, at } = judged(bad, bad, bad);
    const { abort, promote } = judge.evidence(state, at);
    expect(abort.reasons.at(-1)).toBe('3 failing checks in a row, 2 are tolerated');
    expect(promote.reasons.at(-1)).toBe('3 checks in a row not successful, 2 are tolerated');
  });
});

describe('readings without usable figures', () => {
  const missed = (state: ThresholdState, times: number): ThresholdState =>
    times > 0 ? missed(judge.miss?.(state, 'no answer') ?? state, times - 1) : state;

  it.each([
    ['as many as are tolerated', 4, false],
    ['one more', 5, true],
  ])('end the step without a conclusion: %s', (_, times, isLost) => {
    const { state, at } = judged(good);
    expect(judge.evidence(missed(state, times), at)).toMatchObject({
      isLost,
      abort: { verdict: 'pass' },
      promote: { verdict: isLost ? 'inconclusive' : 'pass' },
    });
  });

  it('say why', () => {
    const { state, at } = judged(good);
    expect(judge.evidence(missed(state, 5), at).promote.reasons).toEqual([
      '5 readings in a row without usable figures, 4 are tolerated: no answer',
    ]);
  });

  it.each([
    ['a negative count', { errors: -1 }],
    ['a part of a request', { canary: 100.5, errors: 1 }],
    ['what is no number', { errors: NaN }],
    ['more errors than requests', { errors: 101 }],
  ])('are those with %s, too: they are left out, and it says so', (_, interval) => {
    const { state, at } = judged(good, interval, interval);
    expect(state).toMatchObject({ checks: 1, errors: { count: 2 }, dropped: { count: 2 } });
    expect(judge.evidence(state, at).promote.reasons.join()).toContain('2 intervals were left out');
  });

  it('are those that were counted before', () => {
    const { state } = judged(good);
    const again = judge.observe(state, anInterval(0, 10_000, [someFigures({ requests: 100 })]));
    expect(again).toMatchObject({ checks: 1, errors: { count: 1, reason: 'a part of it was counted before' } });
  });

  it.each([
    ['one with too few requests for a check', { canary: 1 }],
    ['one without a request', { canary: 0, stable: 0 }],
  ])('are counted anew after one that is read: %s', (_, interval) => {
    expect(judged(odd, odd, odd, odd, interval).state.errors).toBeNull();
  });

  it('do not take back that the release is to be withdrawn', () => {
    const { state, at } = judged(bad, bad, bad);
    expect(judge.evidence(missed(state, 5), at).abort.verdict).toBe('fail');
  });
});
