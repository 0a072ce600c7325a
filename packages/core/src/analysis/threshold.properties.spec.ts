import fc from 'fast-check';
import { oddIntervals } from '../testing/odd-intervals';
import { anInterval, aThreshold, latencyOf, someFigures } from '../testing';
import type { Interval, Slot, SlotFigures } from './figures';
import { thresholdJudge, type ThresholdState } from './threshold';

const judge = thresholdJudge(aThreshold({ minRequests: 50, failureLimit: 1, inconclusiveLimit: 1, noData: 60_000 }));

const slotFigures = (slot: Slot): fc.Arbitrary<SlotFigures> =>
  fc
    .tuple(fc.nat({ max: 200 }), fc.nat({ max: 100 }), fc.integer({ min: 1, max: 500 }), fc.boolean())
    .map(([requests, percent, ms, isBlind]) =>
      someFigures({
        slot,
        requests,
        errors: Math.floor((requests * percent) / 100),
        latency: isBlind ? [] : latencyOf(requests, ms),
      }),
    );
const intervals: fc.Arbitrary<Interval[]> = fc
  .array(fc.tuple(slotFigures('canary'), slotFigures('stable'), fc.integer({ min: 1, max: 30_000 })), { maxLength: 30 })
  .map((rows) => {
    let at = 0;
    return rows.map(([canary, stable, length]) => anInterval(at, (at += length), [canary, stable]));
  });

const parse: (text: string) => ThresholdState = JSON.parse;
const through = (state: ThresholdState): ThresholdState => parse(JSON.stringify(state));

describe('the judge on any data', () => {
  it('comes to equal results when its state went through JSON after every interval', () => {
    fc.assert(
      fc.property(intervals, fc.nat({ max: 1_000_000 }), (data, now) => {
        const straight = data.reduce((state, interval) => judge.observe(state, interval), judge.start(0));
        const restarted = data.reduce(
          (state, interval) => through(judge.observe(through(state), interval)),
          judge.start(0),
        );
        expect(restarted).toEqual(straight);
        expect(judge.evidence(through(restarted), now)).toEqual(judge.evidence(straight, now));
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, always gives a reason, and never passes without a check', () => {
    fc.assert(
      fc.property(intervals, fc.nat({ max: 1_000_000 }), (data, now) => {
        const state = data.reduce((before, interval) => judge.observe(before, interval), judge.start(0));
        const { abort, promote } = judge.evidence(state, now);
        expect(abort.reasons.length * promote.reasons.length).toBeGreaterThan(0);
        if (state.checks === 0) expect([abort.verdict, promote.verdict]).toEqual(['inconclusive', 'inconclusive']);
        if (abort.verdict === 'fail') expect(state.failing).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 300 },
    );
  });

  it('never passes, and never throws, on what can not be true', () => {
    const good = anInterval(0, 1000, [
      someFigures({ requests: 50 }),
      someFigures({ slot: 'stable', requests: 50, errors: 0 }),
    ]);
    fc.assert(
      fc.property(oddIntervals, fc.boolean(), (odd, wasGood) => {
        const start = wasGood ? judge.observe(judge.start(0), good) : judge.start(0);
        const before = start.to;
        const state = odd.reduce((sum, interval) => judge.observe(sum, interval), start);
        const { promote, abort, isLost } = judge.evidence(state, state.to);
        expect(`${abort.reasons.join()} ${promote.reasons.join()}`).not.toMatch(/NaN|Infinity|-\d/);
        const isAllOdd = state.to === before;
        expect(isLost).toBe(state.errors !== null && state.errors.count > 4);
        if (isAllOdd) expect([state.errors?.count ?? 0, state.checks]).toEqual([odd.length, start.checks]);
        if (isLost || state.checks === 0) expect(promote.verdict).not.toBe('pass');
      }),
      { numRuns: 1000 },
    );
  });

  it('loses no request: every one is in a check or waits for the next', () => {
    fc.assert(
      fc.property(intervals, (data) => {
        const state = data.reduce((before, interval) => judge.observe(before, interval), judge.start(0));
        if (state.checks > 0) return;
        const sent = data.flatMap(({ slots }) => slots.filter(({ slot }) => slot === 'canary'));
        expect(state.canary.requests).toBe(sent.reduce((sum, { requests }) => sum + requests, 0));
      }),
    );
  });
});
