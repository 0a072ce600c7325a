import { summarise } from '../analysis/figures';
import { drawLatencies } from './latencies';
import { seededRandom } from './random';

const mean = (draw: () => number, times = 4000) =>
  Array.from({ length: times }, draw).reduce((a, b) => a + b, 0) / times;

describe('chance with a seed', () => {
  it('is the same for the same seed, and another for seeds in another order', () => {
    const draw = (...seed: number[]) => Array.from({ length: 5 }, seededRandom(...seed).next);
    expect(draw(1, 2)).toEqual(draw(1, 2));
    expect(draw(1, 2)).not.toEqual(draw(2, 1));
    expect(draw(1_772_442_000_000)).not.toEqual(draw(1_772_442_000_000 + 2 ** 32));
  });

  it.each([
    [10, 0.3],
    [400, 0.004],
    [400, 0.3],
    [400, 0.97],
    [30, 0.9],
  ])('hits about n p of %d tries with a chance of %d', (n, p) => {
    const { binomial } = seededRandom(n);
    expect(mean(() => binomial(n, p)) / (n * p)).toBeCloseTo(1, 1);
    expect([binomial(n, 0), binomial(n, 1), binomial(0, p)]).toEqual([0, n, 0]);
  });

  it.each([0.2, 4, 60])('counts about %d events where so many are expected', (expected) => {
    const { poisson } = seededRandom(7);
    expect(mean(() => poisson(expected)) / expected).toBeCloseTo(1, 1);
    expect(poisson(0)).toBe(0);
  });

  it.each([20, 5000])('draws %d latencies around their median', (requests) => {
    const random = seededRandom(3);
    const latency = drawLatencies(requests, { median: 80, sigma: 0.3 }, random);
    const { p50 } = summarise([{ requests, errors: 0, synthetic: 0, latency }]);
    expect(latency.reduce((sum, [, count]) => sum + count, 0)).toBe(requests);
    expect((p50 ?? 0) / 80).toBeGreaterThan(0.8);
    expect((p50 ?? 0) / 80).toBeLessThan(1.25);
  });
});
