import fc from 'fast-check';
import { judgeMetrics, kayentaScores } from './judge-metrics';
import type { Metric } from './metric';
import { aMetric } from './testing/a-metric';

const calm = [10, 10.2, 9.8, 10.1, 9.9, 10.3, 10];
const bad = calm.map((value) => value * 3);
const good = (name: string, groups = ['all']): Metric => aMetric(calm, [...calm, 10], { name, groups });
const worse = (name: string, over: Parameters<typeof aMetric>[2] = {}): Metric => aMetric(bad, calm, { name, ...over });
const judge = (metrics: Metric[], weights = {}) => judgeMetrics(metrics, weights, kayentaScores);

describe('the judgement over all metrics', () => {
  it('passes when every metric does', () => {
    const judgement = judge([good('errors'), good('latency')]);
    expect(judgement).toMatchObject({ classification: 'pass', score: 100, reasons: ['score 100 of 100, 95 pass'] });
    expect(judgement.groups).toEqual([{ name: 'all', score: 100, weight: 100 }]);
  });

  it('is marginal between the two limits, and says by what', () => {
    const judgement = judge([good('a'), good('b'), good('c'), worse('d')]);
    expect(judgement).toMatchObject({ classification: 'marginal', score: 75 });
    expect(judgement.reasons).toEqual([
      expect.stringMatching(/^d: canary higher, by 20 points/),
      'score 75 of 100, below the 95 that pass',
    ]);
  });

  it('fails below them, worst first', () => {
    const judgement = judge([good('a'), worse('b')]);
    expect(judgement).toMatchObject({ classification: 'fail', score: 50 });
    expect(judgement.reasons[0]).toMatch(/^b: canary higher/);
    expect(judgement.reasons[1]).toBe('score 50 of 100, below 75');
  });

  it('fails by one critical metric, whatever its weight', () => {
    const light = worse('b', { critical: true, groups: ['light'] });
    const judgement = judge([good('a'), light], { all: 99, light: 1 });
    expect(judgement).toMatchObject({ classification: 'fail', score: 0 });
    expect(judgement.reasons).toEqual([expect.stringMatching(/^b: .* it is critical$/)]);
  });

  it('is inconclusive where one metric is, unless it fails without it', () => {
    const few = aMetric([1, 2], [1, 3], { name: 'few' });
    expect(judge([good('a'), few])).toMatchObject({
      classification: 'inconclusive',
      score: 100,
      reasons: ['few: too few points to pass: 2 of the canary, 2 of the baseline', 'score 100 of 100'],
    });
    expect(judge([good('a'), worse('b'), few]).classification).toBe('fail');
  });

  it('fails for want of data where Kayenta does', () => {
    const blind = aMetric([NaN], calm, { name: 'blind' });
    expect(judge([good('a'), blind])).toMatchObject({
      classification: 'fail',
      reasons: ['1 of 2 metrics have no data', 'blind: no data of the canary'],
    });
  });

  it('does not pass without the data of a metric, where Kayenta does', () => {
    const blind = aMetric([NaN], calm, { name: 'blind' });
    expect(judge([good('a'), good('b'), blind])).toMatchObject({ classification: 'inconclusive', score: 100 });
    const needed = aMetric([NaN], calm, { name: 'needed', mustHaveData: true });
    const judgement = judge([good('a'), good('b'), good('c'), needed]);
    expect(judgement).toMatchObject({ classification: 'inconclusive', score: 75 });
    expect(judgement.reasons).toEqual(['needed: no data of the canary', 'score 75 of 100']);
    expect(judge([good('a'), needed])).toMatchObject({ classification: 'fail', score: 50 });
  });

  it('is inconclusive without a metric, and with weights that are no numbers', () => {
    expect(judge([]).classification).toBe('inconclusive');
    expect(judge([good('a')], { all: NaN }).classification).toBe('inconclusive');
  });
});

const odd = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -3, max: 6 }) },
  { weight: 2, arbitrary: fc.double() },
  fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1e308, -1e308, 5e-324),
);
const points = fc.array(odd, { maxLength: 14 });
const anyMetric: fc.Arbitrary<Metric> = fc
  .record({
    ...{ canary: points, baseline: points, critical: fc.boolean(), mustHaveData: fc.boolean() },
    groups: fc.subarray(['a', 'b', 'c']),
    direction: fc.constantFrom('increase', 'decrease', 'either'),
    nanStrategy: fc.constantFrom('remove', 'replace'),
    outliers: fc.record({ strategy: fc.constantFrom('keep', 'remove'), outlierFactor: fc.constantFrom(1.5, 3) }),
    effectSize: fc.record({ measure: fc.constantFrom('meanRatio', 'cles') }),
  })
  .map(({ canary, baseline, ...over }) => aMetric(canary, baseline, over));

describe('the judge on any data', () => {
  it('never throws, and never passes on what it could not compare', () => {
    fc.assert(
      fc.property(fc.array(anyMetric, { maxLength: 5 }), fc.constantFrom({}, { a: 50, b: 50 }), (metrics, weights) => {
        const judgement = judgeMetrics(metrics, weights, kayentaScores);
        expect(judgement.reasons.length).toBeGreaterThan(0);
        expect(judgement.reasons.join()).not.toMatch(/NaN|undefined|Infinity/);
        if (judgement.classification !== 'pass') return;
        expect(judgement.score).toBeGreaterThanOrEqual(kayentaScores.pass);
        expect(judgement.metrics.every(({ points }) => points.canary > 0 && points.baseline > 0)).toBe(true);
        expect(judgement.metrics.map(({ classification }) => classification)).not.toContain('inconclusive');
      }),
      { numRuns: 500 },
    );
  });

  it('finds the same metric high and low when the arms change places', () => {
    const apart = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 6, maxLength: 25 });
    fc.assert(
      fc.property(apart, apart, (canary, baseline) => {
        const side = (own: number[], other: number[]) => judge([aMetric(own, other)]).metrics[0]?.classification;
        const mirrored = { high: 'low', low: 'high', pass: 'pass', nodata: 'nodata', inconclusive: 'inconclusive' };
        // the search for an end stops a little beside it, on either side: only what is clear is the same from both
        const [one, back] = [side(canary, baseline), side(baseline, canary)];
        if (one !== 'pass' && back !== 'pass') expect(back).toBe(mirrored[one ?? 'pass']);
      }),
    );
  });

  it('does not depend on the order of the points', () => {
    fc.assert(
      fc.property(anyMetric, (metric) => {
        const { canary, baseline } = metric.values;
        const turned = { canary: [...canary].reverse(), baseline: [...baseline].reverse() };
        const [one, other] = [judge([metric]), judge([{ ...metric, values: turned }])];
        expect(other.classification).toBe(one.classification);
      }),
    );
  });
});
