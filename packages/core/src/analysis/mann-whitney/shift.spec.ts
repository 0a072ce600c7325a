import { canDiffer, shiftBetween } from './shift';
import { wilcoxonCases } from './testing/wilcoxon-cases';

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

describe('the shift between two samples', () => {
  it.each(wilcoxonCases)('has the interval of wilcox.test and the estimate of Kayenta: $name', (one) => {
    const shift = shiftBetween(ascending(one.canary), ascending(one.baseline), 0.98);
    for (const end of ['from', 'to', 'estimate'] as const) {
      const digits = 8 - Math.ceil(Math.log10(Math.max(1, Math.abs(one.shift[end]))));
      expect(shift?.[end]).toBeCloseTo(one.shift[end], digits);
    }
  });

  it('is none where neither sample has a spread', () => {
    expect(shiftBetween([3], [1], 0.98)).toBeNull();
    expect(shiftBetween([0, 0, 0], [5], 0.98)).toBeNull();
    expect(shiftBetween([], [1, 2], 0.98)).toBeNull();
    expect(shiftBetween([-1e308, 1e308], [0, 1], 0.98)).toBeNull();
  });

  it('mirrors when the samples change places', () => {
    const [a, b] = [
      [1, 2, 4, 8, 9, 11],
      [3, 6, 7, 10, 12, 15],
    ];
    const [one, other] = [shiftBetween(a, b, 0.98), shiftBetween(b, a, 0.98)];
    expect(one?.from).toBeCloseTo(-(other?.to ?? NaN), 3);
    expect(one?.to).toBeCloseTo(-(other?.from ?? NaN), 3);
  });
});

describe('how many points can differ', () => {
  it.each([
    [1, 1, false],
    [4, 4, false],
    [4, 5, true],
    [5, 5, true],
    [2, 1000, true],
    [1, 1000, false],
  ])('%d against %d: %s', (canary, baseline, expected) => {
    expect(canDiffer(canary, baseline, 0.98)).toBe(expected);
    expect(canDiffer(baseline, canary, 0.98)).toBe(expected);
  });
});
