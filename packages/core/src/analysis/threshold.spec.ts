import { anInterval, aThreshold, someFigures } from '../testing';
import type { Interval } from './figures';
import { thresholdJudge, type ThresholdState } from './threshold';

const settings = aThreshold({ minRequests: 100, failures: 3, noData: 180_000, interval: 10_000 });
const judge = thresholdJudge({
  ...settings,
  promote: { errors: { ratio: 1, absolute: 0 }, latency: { ratio: 1.1, absolute: 5 } },
  rollback: { errors: { ratio: 1.5, absolute: 0 }, latency: { ratio: 2, absolute: 5 } },
});

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
  for (const { canary = 100, stable = 1000, errors = canary / 100, ms = 100 } of intervals) {
    const slots = [
      someFigures({ requests: canary, errors, ms }),
      someFigures({ slot: 'stable', requests: stable, errors: stable / 100, ms: 100 }),
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
