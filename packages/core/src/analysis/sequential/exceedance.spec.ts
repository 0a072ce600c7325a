import { exceedanceEvidence, oddsRatios } from './exceedance';
import { binomials } from './testing/binomials';

const counts = (hits: number, of: number, baseHits: number, baseOf: number) => ({
  canary: { hits, of },
  baseline: { hits: baseHits, of: baseOf },
});

describe('the evidence of slow requests', () => {
  it('is what was worked out by hand', () => {
    expect(exceedanceEvidence(counts(12, 100, 95, 1900), 0.05, 2)).toBeCloseTo(3.217_083_692_953_951_7, 9);
  });

  it('is none where an arm has no request', () => {
    expect(exceedanceEvidence(counts(0, 0, 5, 100), 0.05, 2)).toBe(0);
    expect(exceedanceEvidence(counts(5, 100, 0, 0), 0.05, 2)).toBe(0);
  });

  const places = [1, 6, 25].flatMap((canary) =>
    [3, 40].flatMap((baseline) => [0.01, 0.1, 0.5].map((share) => ({ canary, baseline, share }))),
  );

  it.each(places)('pays nothing on average where both arms are alike: %p', ({ canary, baseline, share }) => {
    for (const q of [share, share / 2, Math.min(0.9, share * 2)])
      for (const odds of [...oddsRatios.abort, ...oddsRatios.promote]) {
        let mean = 0;
        for (const [k, p] of binomials(canary, share).entries())
          for (const [kb, pb] of binomials(baseline, share).entries())
            mean += p * pb * Math.exp(exceedanceEvidence(counts(k, canary, kb, baseline), q, odds));
        expect(mean).toBeLessThanOrEqual(1 + 1e-9);
      }
  });
});
