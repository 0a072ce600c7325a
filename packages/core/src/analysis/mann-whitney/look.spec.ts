import { lookAt } from './look';
import { kayentaRule } from './metric';
import type { Point } from './points';
import { mannWhitneyDefaults } from './settings';

/** Ten intervals; the baseline's error rate is 0.1 to 0.5 %, its latency 50 to 54 ms. */
const points = (errors: number, latency: number | null): Point[] =>
  Array.from({ length: 10 }, (_, i) => {
    const rate = 0.1 + (i % 5) / 10;
    const ms = 50 + (i % 5);
    const own = latency === null ? null : ms * latency;
    const other = latency === null ? null : ms;
    return [
      [rate * errors, own, own, own],
      [rate, other, other, other],
    ];
  });
const look = (errors: number, latency: number | null, over = {}) =>
  lookAt(points(errors, latency), { ...mannWhitneyDefaults, ...over });

describe('a look at all points', () => {
  it('says the difference in points and in ms, and compares the means', () => {
    const { classification, score, reasons, comparisons } = look(4, 2);
    expect([classification, score]).toEqual(['fail', 0]);
    expect(reasons[0]).toMatch(/^error rate: canary higher, by [\d.]+ points \(98 % interval/);
    expect(reasons[1]).toMatch(/^latency p50: canary higher, by [\d.]+ ms \(98 % interval/);
    expect(comparisons[0]).toMatchObject({ metric: 'error rate', unit: 'share', limit: null, ok: false });
    expect(comparisons[0]?.value).toBeCloseTo(0.012, 10);
    expect(comparisons[0]?.baseline).toBeCloseTo(0.003, 10);
    expect(comparisons[1]).toMatchObject({ metric: 'latency p50', unit: 'ms', value: 104, baseline: 52, ok: false });
  });

  it('weighs errors and latency by halves', () => {
    expect(look(1, 2)).toMatchObject({ classification: 'fail', score: 50 });
    expect(look(1, 2, { marginal: 50 })).toMatchObject({ classification: 'marginal', score: 50 });
  });

  it('judges by the measures that have a rule, and by no others', () => {
    const metrics = { errors: { ...kayentaRule, groups: ['errors'] } };
    const { classification, comparisons } = look(1, 2, { metrics, weights: {} });
    expect(classification).toBe('pass');
    expect(comparisons.map(({ metric }) => metric)).toEqual(['error rate']);
  });

  it('is inconclusive, and no failure, where only data are missing', () => {
    const { classification, reasons, comparisons } = look(1, null);
    expect(classification).toBe('inconclusive');
    expect(reasons[0]).toBe('3 of 4 metrics have no data');
    expect(comparisons[1]).toMatchObject({ value: null, baseline: null, ok: null });
  });

  it('fails by harm, whatever else is missing', () => {
    const { classification, reasons } = look(9, null);
    expect(classification).toBe('fail');
    expect(reasons).toContainEqual(expect.stringContaining('error rate: canary higher'));
  });

  it('has nothing to go by where an arm had no request', () => {
    const none = points(1, 1).map(([, baseline]): Point => [[null, null, null, null], baseline]);
    expect(lookAt(none, mannWhitneyDefaults)).toMatchObject({
      classification: 'inconclusive',
      reasons: ['no data: the canary had no request'],
    });
  });
});
