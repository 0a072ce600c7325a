import { countOf, type Histogram } from '../histogram';
import { perhapsAbove, surelyAbove } from '../layout';
import { slowCounts, slownessOf, tailOf } from './latency';

const past: Histogram = [
  [50, 50],
  [100, 40],
  [200, 9],
  [400, 1],
];
const fine = { factor: 1.01, step: 0 };

describe('the tail of a histogram', () => {
  it.each([0, 49, 50, 50.1, 100, 399, 400, 500])('above %p is what a count of all buckets says', (edge) => {
    const slow = past.filter(([end]) => end > edge);
    expect(tailOf(past).above(edge)).toBe(countOf(slow));
    expect(tailOf([]).above(edge)).toBe(0);
  });
});

describe('what is slow', () => {
  it.each([
    [0.5, 50, 50.5 / 101],
    [0.9, 100, 10.5 / 101],
    [0.95, 200, 1.5 / 101],
    [0.99, 200, 1.5 / 101],
  ])('at the quantile %p is above the edge %p of the baseline', (quantile, edge, q) => {
    expect(slownessOf(past, quantile, fine)).toMatchObject({ edge, q });
  });

  it('is not known without a past', () => {
    expect(slownessOf([], 0.9, fine)).toBeNull();
  });

  it('is counted in both arms, by an edge of its own in each', () => {
    const slow = slownessOf(past, 0.9, fine);
    const canary = tailOf([
      [100, 7],
      [111, 2],
      [120, 1],
    ]);
    expect(slow && slowCounts({ canary, baseline: tailOf(past) }, slow, 1.1, 'abort')).toEqual({
      canary: { hits: 1, of: 10 },
      baseline: { hits: 10, of: 100 },
    });
  });

  it('is rounded against the decision where buckets are coarse', () => {
    const layout = { edges: [50, 100, 250, 500] };
    const slow = slownessOf(past, 0.9, layout);
    expect(slow?.limit(1.1, 'abort')).toBe(250);
    expect(slow?.limit(1.1, 'promote')).toBe(100);
    expect(surelyAbove(layout, 501)).toBe(Infinity);
    expect(perhapsAbove(layout, 20)).toBe(0);
  });
});
