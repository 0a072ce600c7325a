import { rootBetween } from './brent';

const root = (f: (at: number) => number, from: number, to: number) =>
  rootBetween(f, { at: from, value: f(from) }, { at: to, value: f(to) });

describe('the search for a root', () => {
  it('finds that of a line, of a curve and of a step', () => {
    expect(root((x) => 3 - x, 0, 10)).toBeCloseTo(3, 4);
    expect(root((x) => Math.cos(x) - x, 0, 1)).toBeCloseTo(0.7390851, 4);
    expect(root((x) => (x < Math.SQRT2 ? 1 : -1), -5, 9)).toBeCloseTo(Math.SQRT2, 3);
  });

  it('takes the steps of uniroot in R: where it ends, it ends to the last digits', () => {
    expect(root((x) => Math.exp(x) - 5, 0, 10)).toBeCloseTo(1.6094457409993774, 12);
    expect(root((x) => (x < 1.1 ? 2 : x < 4.7 ? 0.25 : -1), -20, 31)).toBeCloseTo(4.6999913760000016, 12);
  });

  it('takes an end that is a root', () => {
    expect(root((x) => x, 0, 5)).toBe(0);
    expect(root((x) => x - 5, 0, 5)).toBe(5);
  });

  it('ends with a number where there is no root at all', () => {
    expect(root(() => 1, 0, 1)).toBeGreaterThan(0);
  });
});
