import type { Histogram } from '../histogram';
import { slowCounts, slownessOf } from './latency';
import { perhapsAbove, surelyAbove } from '../layout';

const past: Histogram = [
  [50, 50],
  [100, 40],
  [200, 9],
  [400, 1],
];
const fine = { factor: 1.01, step: 0 };

describe('what is slow', () => {
  it.each([
    [0.5, 50, 50.5 / 101],
    [0.9, 100, 10.5 / 101],
    [0.95, 200, 1.5 / 101],
    [0.99, 200, 1.5 / 101],
  ])('at the quantile %p is above the edge %p of the baseline', (quantile, edge, q) => {
    expect(slownessOf(past, quantile, 1.1, 'abort', fine)).toMatchObject({ baseline: edge, q });
  });

  it('is not known without a past', () => {
    expect(slownessOf([], 0.9, 1.1, 'abort', fine)).toBeNull();
  });

  it('is counted in both arms, by an edge of its own in each', () => {
    const slow = slownessOf(past, 0.9, 1.1, 'abort', fine);
    const canary: Histogram = [
      [100, 7],
      [111, 2],
      [120, 1],
    ];
    expect(slow && slowCounts(canary, past, slow)).toEqual({
      canary: { hits: 1, of: 10 },
      baseline: { hits: 10, of: 100 },
    });
  });

  it('is rounded against the decision where buckets are coarse', () => {
    const layout = { edges: [50, 100, 250, 500] };
    expect(slownessOf(past, 0.9, 1.1, 'abort', layout)?.canary).toBe(250);
    expect(slownessOf(past, 0.9, 1.1, 'promote', layout)?.canary).toBe(100);
    expect(surelyAbove(layout, 501)).toBe(Infinity);
    expect(perhapsAbove(layout, 20)).toBe(0);
  });
});
