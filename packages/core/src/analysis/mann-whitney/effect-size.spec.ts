import { effectOf, meanOf } from './effect-size';

describe('the effect size', () => {
  it('is the ratio of the means', () => {
    expect(effectOf('meanRatio', [10, 10, 10], [1, 1])).toBe(10);
    expect(effectOf('meanRatio', [10, 10], [100, 100, 100])).toBe(0.1);
  });

  it('can not be told where a mean is zero or no number', () => {
    expect(effectOf('meanRatio', [10, 10], [0, 0])).toBeNull();
    expect(effectOf('meanRatio', [0, 0], [10, 10])).toBeNull();
    expect(effectOf('meanRatio', [1e308, 1e308], [1, 2])).toBeNull();
  });

  it('is how often a point is above one of the baseline, ties half', () => {
    expect(effectOf('cles', [1, 2, 3, 4, 5], [1, 2, 3, 4, 5])).toBe(0.5);
    expect(effectOf('cles', [1, 2], [5, 6, 7])).toBe(0);
    expect(effectOf('cles', [8, 9], [5, 6, 7])).toBe(1);
    expect(effectOf('cles', [1, 3], [2])).toBe(0.5);
  });

  it('has means without the errors of rounding', () => {
    expect(meanOf([0.1, 0.2, 0.3])).toBeCloseTo(0.2, 16);
  });
});
