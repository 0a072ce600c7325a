import { coinChances, coinEvidence, leastTosses } from './coin';

describe('a bet on a coin', () => {
  it.each([0, 0.1, 0.3, 0.5])('pays nothing on average where it falls so with a chance of %p', (p) => {
    for (const chance of coinChances) {
      const mean = p * Math.exp(coinEvidence(true, chance)) + (1 - p) * Math.exp(coinEvidence(false, chance));
      expect(mean).toBeLessThanOrEqual(1 + 1e-12);
    }
  });

  it.each([
    [0.05, 1, 6],
    [0.05, 2, 12],
    [0.001, 2, 25],
  ])('shows nothing at a risk of %p, divided by %p, before %p tosses', (risk, dispersion, tosses) => {
    expect(leastTosses(risk, dispersion)).toBe(tosses);
  });

  it('pays where it is right', () => {
    expect(coinEvidence(true, 0.75)).toBeCloseTo(Math.log(1.5), 12);
    expect(coinEvidence(false, 0.75)).toBeCloseTo(Math.log(0.5), 12);
  });
});
