import { anInterval, someFigures } from '../testing';
import { figuresOf, summarise } from './figures';

describe('a summary', () => {
  it('adds the figures up and takes rates and quantiles from the sum', () => {
    const slow = someFigures({ requests: 100, errors: 10, ms: 200, synthetic: 5 });
    const fast = someFigures({ requests: 900, errors: 0, ms: 20, synthetic: 90 });
    expect(summarise([slow, fast])).toEqual({
      requests: 1000,
      errors: 10,
      synthetic: 95,
      errorRate: 0.01,
      p50: 20,
      p95: 200,
      p99: 200,
    });
  });

  it('of no request has no error rate and no latency: nothing is not zero', () => {
    const nothing = { requests: 0, errors: 0, synthetic: 0, errorRate: null, p50: null, p95: null, p99: null };
    expect(summarise([])).toEqual(nothing);
    expect(summarise([someFigures({ requests: 0 })])).toEqual(nothing);
  });

  it('of requests that all failed to connect has an error rate and no latency', () => {
    const refused = someFigures({ requests: 10, errors: 10, latency: [] });
    expect(summarise([refused])).toMatchObject({ errorRate: 1, p95: null });
  });
});

describe('the figures of a slot', () => {
  it('are found in all intervals', () => {
    const [stable, canary] = [someFigures({ slot: 'stable' }), someFigures({ slot: 'canary' })];
    const intervals = [anInterval(0, 1, [stable, canary]), anInterval(1, 2, [stable]), anInterval(2, 3)];
    expect(figuresOf(intervals, 'stable')).toEqual([stable, stable]);
    expect(figuresOf(intervals, 'baseline')).toEqual([]);
  });
});
