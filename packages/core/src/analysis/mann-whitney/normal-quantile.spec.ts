import { normalQuantile } from './normal-quantile';

describe('the normal quantile', () => {
  it.each([
    [0.01, -2.326347874040841],
    [0.025, -1.959963984540054],
    [0.5, 0],
    [0.9, 1.2815515655446004],
    [0.999999, 4.753424308822899],
  ])('of %d is %d, as R says', (p, quantile) => {
    expect(normalQuantile(p)).toBeCloseTo(quantile, 9);
  });

  it('is a number, some nine deviations out, where there is none', () => {
    const ends = [0, 1, -3, 7, NaN].map(normalQuantile);
    expect(ends.every((end) => Math.abs(end) > 8 && Math.abs(end) <= 9)).toBe(true);
  });
});
