import { interpolated, withoutOutliers } from './outliers';

const remove = (values: readonly number[], outlierFactor: number) =>
  withoutOutliers(values, { strategy: 'remove', outlierFactor });
const many = Array.from({ length: 200 }, (_, i) => 20 + (i % 10));

describe('outliers', () => {
  it('are kept unless they are to be removed', () => {
    const values = [...many, 5000];
    expect(withoutOutliers(values, { strategy: 'keep', outlierFactor: 3 })).toEqual(values);
  });

  it('are left out on both sides when they are beyond the fences', () => {
    expect(remove([-900, ...many, 5000], 3)).toEqual(many);
  });

  it('are beyond both the quartiles and the last hundredth', () => {
    expect(remove([21, 23, 24, 25, 50, 29, 23, 21], 1.5)).toEqual([21, 23, 24, 25, 29, 23, 21]);
    expect(remove([21, 23, 24, 25, 50, 50, 23, 21, 22, 24], 1.5)).toHaveLength(10);
  });

  it.each([
    [0.05, 0.175],
    [0.5, 1.75],
    [1, 3.5],
  ])('go by quantiles as R has them: %d of eight halves is %d', (part, expected) => {
    expect(interpolated([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5], part)).toBeCloseTo(expected, 12);
  });

  it('are none of nothing', () => {
    expect(remove([], 3)).toEqual([]);
    expect(remove([7], 3)).toEqual([7]);
  });
});
