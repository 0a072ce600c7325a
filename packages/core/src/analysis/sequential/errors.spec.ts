import { errorEvidence, errorRatios, type Counts } from './errors';
import { logMeanExp } from './grid';
import { binomials } from './testing/binomials';

const counts = (hits: number, of: number, baseHits: number, baseOf: number): Counts => ({
  canary: { hits, of },
  baseline: { hits: baseHits, of: baseOf },
});

describe('the evidence of errors', () => {
  const margin = { ratio: 1.1, absolute: 1e-4 };

  it.each([
    ['without a margin', { ratio: 1, absolute: 0 }, 1.689_120_228_324_38],
    ['with one', margin, 1.644_228_344_625_398_2],
  ])('%s is what was worked out by hand', (_, given, expected) => {
    expect(errorEvidence(counts(3, 100, 5, 1900), given, 2)).toBeCloseTo(expected, 9);
  });

  it('adds up over intervals, and is mixed over all ratios', () => {
    const intervals = [counts(1, 103, 9, 1888), counts(3, 97, 10, 1921), counts(4, 100, 8, 1900)];
    const sums = errorRatios.abort.map((times) =>
      intervals.reduce((sum, interval) => sum + errorEvidence(interval, margin, times), 0),
    );
    expect(logMeanExp(sums)).toBeCloseTo(4.571_405_717_372_793_6, 9);
  });

  it('is none where an arm has no request', () => {
    expect(errorEvidence(counts(0, 0, 5, 100), margin, 2)).toBe(0);
    expect(errorEvidence(counts(5, 100, 0, 0), margin, 2)).toBe(0);
  });

  const places = [1, 6, 25].flatMap((canary) =>
    [3, 40].flatMap((baseline) => [0.001, 0.05, 0.4].map((rate) => ({ canary, baseline, rate }))),
  );

  it.each(places)('pays nothing on average where the margin is kept: %p', ({ canary, baseline, rate }) => {
    const allowed = Math.min(1, margin.ratio * rate + margin.absolute);
    for (const times of [...errorRatios.abort, ...errorRatios.promote]) {
      let mean = 0;
      for (const [k, p] of binomials(canary, allowed).entries())
        for (const [kb, pb] of binomials(baseline, rate).entries())
          mean += p * pb * Math.exp(errorEvidence(counts(k, canary, kb, baseline), margin, times));
      expect(mean).toBeLessThanOrEqual(1 + 1e-9);
    }
  });
});
