import { seededRandom } from '../../testing/random';
import { logGamma, splitEvidence } from './split';
import { binomials } from './testing/binomials';

const split = (canary: number, all: number, weight = 5) =>
  splitEvidence([
    { weight: 100 - weight, requests: all - canary },
    { weight, requests: canary },
  ]);

describe('the evidence of another split', () => {
  it('pays nothing on average where the split is as configured', () => {
    for (const weight of [1, 5, 50])
      for (const all of [1, 30, 200]) {
        const chances = binomials(all, weight / 100);
        const mean = chances.reduce(
          (sum, p, canary) => sum + (p > 0 ? Math.exp(Math.log(p) + split(canary, all, weight)) : 0),
          0,
        );
        expect(mean).toBeCloseTo(1, 9);
      }
  });

  it('stays small over a day of the right split', () => {
    const random = seededRandom(1);
    let [canary, all, largest] = [0, 0, 0];
    for (let interval = 0; interval < 8640; interval++) {
      all += 2000;
      canary += random.binomial(2000, 0.05);
      largest = Math.max(largest, split(canary, all));
    }
    expect(largest).toBeLessThan(Math.log(1000));
  });

  it('finds a canary that gets a tenth more than it should', () => {
    expect(split(1100, 20_000)).toBeGreaterThan(Math.log(20));
    expect(split(2200, 40_000)).toBeGreaterThan(Math.log(1000));
  });

  it('is sure where a slot without traffic has requests', () => {
    expect(
      splitEvidence([
        { weight: 100, requests: 50 },
        { weight: 0, requests: 1 },
      ]),
    ).toBe(Infinity);
  });
});

it.each([
  [1, 0],
  [5, Math.log(24)],
  [0.5, Math.log(Math.sqrt(Math.PI))],
  [101, 363.739_375_555_563_5],
])('log gamma of %p is %p', (x, expected) => {
  expect(logGamma(x)).toBeCloseTo(expected, 9);
});
