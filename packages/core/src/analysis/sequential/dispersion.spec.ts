import { seededRandom } from '../../testing/random';
import { dispersionOf, type Cell } from './dispersion';

/** An hour of blocks of one minute. */
const history = (hits: (block: number) => number, instances = 1): Cell[] =>
  Array.from({ length: 60 * instances }, (_, i) => {
    const block = Math.floor(i / instances);
    return { instance: `i${i % instances}`, block, hits: hits(block), of: 1000 };
  });

describe('dispersion', () => {
  it('is about 1 where errors come one by one, also with one instance', () => {
    const random = seededRandom(1);
    for (const instances of [1, 4])
      expect(dispersionOf(history(() => random.binomial(1000, 0.01), instances))).toBeLessThan(1.6);
  });

  it('is about the size of bursts', () => {
    const random = seededRandom(2);
    const phi = dispersionOf(history(() => 5 * random.poisson(2)));
    expect(phi).toBeGreaterThan(3);
    expect(phi).toBeLessThan(8);
  });

  it('does not take a rate that drifts for bursts', () => {
    const random = seededRandom(3);
    expect(dispersionOf(history((block) => random.binomial(1000, 0.005 + block * 0.001)))).toBeLessThan(1.6);
  });

  it('is never below 1, and 1 where nothing failed', () => {
    expect(dispersionOf(history(() => 10))).toBe(1);
    expect(dispersionOf(history(() => 0))).toBe(1);
    expect(dispersionOf([])).toBe(1);
  });
});
