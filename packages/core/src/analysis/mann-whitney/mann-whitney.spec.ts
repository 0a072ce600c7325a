import fc from 'fast-check';
import { latencyLayout } from '../../testing/latencies';
import type { Interval } from '../figures';
import { oddIntervals } from '../../testing/odd-intervals';
import { aSeries } from '../sequential/testing/series';
import { mannWhitneyJudge, type MannWhitneyState } from './mann-whitney';
import { kayentaRule } from './metric';
import { mannWhitneyDefaults, type MannWhitneySettings } from './settings';

const start = 1_000_000;
const judgeWith = (over: Partial<MannWhitneySettings & { noData: number }> = {}) =>
  mannWhitneyJudge({ ...mannWhitneyDefaults, noData: 180_000, ...over });
const judge = judgeWith();
const parse: (text: string) => MannWhitneyState = JSON.parse;
const observed = (intervals: readonly Interval[], by = judge): MannWhitneyState =>
  intervals.reduce((state, interval) => by.observe(state, interval), by.start(start));
const verdicts = (state: MannWhitneyState, by = judge) => {
  const { abort, promote } = by.evidence(state, state.to);
  return [abort.verdict, promote.verdict];
};
const healthy = aSeries(start, { seed: 1, intervals: 30 });

describe('the judge of the method mann-whitney', () => {
  it('says nothing before its first look', () => {
    const state = observed(healthy.slice(0, 29));
    expect(verdicts(state)).toEqual(['inconclusive', 'inconclusive']);
    expect(judge.evidence(state, state.to).promote.reasons).toEqual([
      'not judged yet: the first look is after 5m of data',
    ]);
    expect(judge.standing(state)).toEqual({ against: 'no look yet', forIt: 'no look yet' });
  });

  it('promotes a release that is like the baseline', () => {
    const state = observed(healthy);
    expect(verdicts(state)).toEqual(['pass', 'pass']);
    expect(judge.standing(state)).toEqual({ against: 'score 100', forIt: 'pass' });
    expect(judge.evidence(state, state.to).promote.comparisons.map(({ metric, ok }) => [metric, ok])).toEqual([
      ['error rate', true],
      ['latency p50', true],
      ['latency p95', true],
      ['latency p99', true],
    ]);
  });

  it.each([
    ['five times the errors', { errorRatio: 5 }, 'error rate: canary higher, by '],
    ['half as much latency again', { latencyRatio: 1.5 }, 'latency p50: canary higher, by '],
  ])('sends back %s at the first look, and says by what', (_, harm, reason) => {
    const state = observed(aSeries(start, { seed: 2, intervals: 30, ...harm }));
    expect(verdicts(state)).toEqual(['fail', 'fail']);
    expect(judge.evidence(state, state.to).abort.reasons[0]).toContain(reason);
  });

  it('lets the latest look stand until the next', () => {
    const worse = aSeries(start + 300_000, { seed: 3, intervals: 60, latencyRatio: 3 });
    const state = observed([...healthy, ...worse.slice(0, 29)]);
    expect(verdicts(state)).toEqual(['pass', 'pass']);
    expect(verdicts(observed([...healthy, ...worse]))).toEqual(['fail', 'fail']);
  });

  it('is inconclusive on a marginal score, and has no objection to it', () => {
    const by = judgeWith({ weights: { errors: 80, latency: 20 } });
    const state = observed(aSeries(start, { seed: 4, intervals: 30, latencyRatio: 1.5 }), by);
    expect(state.look).toMatchObject({ classification: 'marginal', score: 80 });
    expect(verdicts(state, by)).toEqual(['pass', 'inconclusive']);
    const { promote } = by.evidence(state, state.to, 'no objection');
    expect(promote.verdict).toBe('pass');
    expect(promote.reasons[0]).toContain('nothing speaks against it: latency p50: canary higher');
  });

  it('is inconclusive on too few points, whatever is asked', () => {
    const by = judgeWith({ judgeEvery: 30_000 });
    const state = observed(healthy.slice(0, 3), by);
    expect(verdicts(state, by)).toEqual(['inconclusive', 'inconclusive']);
    const { promote } = by.evidence(state, state.to, 'no objection');
    expect(promote.verdict).toBe('inconclusive');
    expect(promote.reasons[0]).toContain('too few points to pass');
  });

  it('does not send a release back for missing data, critical or not', () => {
    const errors = { ...kayentaRule, groups: ['errors'], critical: true };
    const by = judgeWith({ metrics: { errors, p50: { ...errors, groups: ['latency'] } } });
    const blind = healthy.map((interval) => ({
      ...interval,
      slots: interval.slots.map((slot) => ({ ...slot, latency: [] })),
    }));
    const state = observed(blind, by);
    expect(verdicts(state, by)).toEqual(['inconclusive', 'inconclusive']);
    expect(state.look?.reasons).toContain('latency p50: no data of canary and baseline');
  });

  it('takes silence for no data, even after a look that passed', () => {
    const state = observed(healthy);
    const { promote } = judge.evidence(state, state.to + 180_001);
    expect(promote.verdict).toBe('inconclusive');
    expect(promote.reasons[0]).toContain('no data: the canary and the baseline');
  });

  it.each(['remove', 'replace'] as const)('does not promote what nobody used (missing points: %s)', (nanStrategy) => {
    const errors = { ...kayentaRule, groups: ['errors'], nanStrategy };
    const by = judgeWith({ metrics: { errors }, weights: {}, noData: 1e9 });
    const idle = healthy.map((interval) => ({ ...interval, slots: [] }));
    const state = observed(idle, by);
    expect(verdicts(state, by)).toEqual(['inconclusive', 'inconclusive']);
    expect(state.look?.reasons).toEqual(['no data: the canary and the baseline had no request']);
  });

  it('compares with fresh instances of the old release where there are some', () => {
    const fresh = healthy.map((interval) => ({
      ...interval,
      slots: interval.slots.flatMap((slot) =>
        slot.slot === 'stable'
          ? [
              { ...slot, errors: slot.requests },
              { ...slot, slot: 'baseline' as const },
            ]
          : [slot],
      ),
    }));
    expect(observed(fresh).points).toEqual(observed(healthy).points);
  });

  it('counts no interval twice, and says what it left out', () => {
    const state = observed(healthy.slice(0, 10));
    const again = healthy.slice(0, 10).reduce((all, interval) => judge.observe(all, interval), state);
    expect({ ...again, dropped: null }).toEqual(state);
    expect(judge.evidence(again, again.to).promote.reasons).toContain(
      '10 intervals were left out, the last since a part of it was counted before',
    );
  });

  it('goes on after a restart as if there had been none', () => {
    const series = aSeries(start, { seed: 6, intervals: 65 });
    const resumed = series.reduce<MannWhitneyState>(
      (state, interval) => judge.observe(parse(JSON.stringify(state)), interval),
      judge.start(start),
    );
    expect(resumed).toEqual(observed(series));
  });

  it('keeps its state small, however long it watches', () => {
    const state = observed(aSeries(start, { seed: 7, intervals: 1500 }));
    expect(JSON.stringify(state).length).toBeLessThan(64 * 1024);
  });

  it('counts figures from the time that it is told', () => {
    const state = judge.observe(judge.start(start, start + 5_000), idleAt(start));
    expect(state.dropped?.reason).toBe('a part of it was counted before');
  });

  it('never passes and never throws on data that can not be true', () => {
    const eager = judgeWith({ judgeEvery: 0 });
    fc.assert(
      fc.property(oddIntervals, (intervals) => {
        const state = intervals.reduce((all, one) => eager.observe(all, one), eager.start(-10, -10));
        const { abort, promote } = eager.evidence(state, start, 'no objection');
        expect(promote.verdict).not.toBe('pass');
        expect([...abort.reasons, ...promote.reasons].join()).not.toMatch(/NaN|undefined|Infinity/);
      }),
    );
  });
});

const idleAt = (from: number): Interval => ({ from, to: from + 10_000, slots: [], layout: latencyLayout });
