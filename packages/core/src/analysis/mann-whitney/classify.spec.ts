import { classify } from './classify';
import { aMetric } from './testing/a-metric';
import { kayentaVerdicts } from './testing/kayenta-verdicts';
import { wilcoxonCases } from './testing/wilcoxon-cases';
import type { MetricVerdict } from './metric';

const kayentasWord = ({ classification, counts }: MetricVerdict): string => {
  if (classification === 'inconclusive') return counts === 'for' ? 'pass' : 'error';
  return classification === 'nodata' && counts === 'against' ? 'required' : classification;
};

describe('the verdict over a metric', () => {
  it.each(kayentaVerdicts)("is Kayenta's: $name, $verdict", ({ rule, canary, baseline, verdict, isCritical }) => {
    const found = classify(aMetric(canary, baseline, rule));
    expect([kayentasWord(found), found.isCritical]).toEqual([verdict, isCritical]);
    expect(found.classification).not.toBe('inconclusive');
  });

  it.each(wilcoxonCases)("is Kayenta's: $name, $verdict", ({ canary, baseline, verdict }) => {
    expect(kayentasWord(classify(aMetric(canary, baseline)))).toBe(verdict);
  });

  it('says what was compared, and how', () => {
    const { shift, effect, ...verdict } = classify(aMetric([3, 4, 5, 6, 7, NaN], [1, 1.5, 2, 1, 2, 1.7]));
    expect(verdict).toEqual({
      ...{ name: 'error rate', groups: ['all'], classification: 'high', counts: 'against', isCritical: false },
      points: { canary: 5, baseline: 6 },
      reason:
        'error rate: canary higher, by 3.5 points (98 % interval 1 to 6), more than is tolerated: ' +
        "its mean is 3.26 times the baseline's",
    });
    expect(shift?.estimate).toBeCloseTo(3.5, 3);
    expect(shift?.from).toBeCloseTo(1, 3);
    expect(shift?.to).toBeCloseTo(6, 3);
    expect(effect).toBeCloseTo(3.261, 3);
  });

  it.each([
    ['too few points that overlap', [1, 2, 3], [2, 3, 4], 'too few points to pass: 3 of the canary, 3 of the baseline'],
    ['few points that are all the same', [1, 1, 1], [1, 1], 'too few points to pass'],
    ['an infinite point', [1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6, Infinity], 'has points that are infinite'],
    ['the same infinite points', [1, -Infinity], [1, -Infinity], 'has points that are infinite'],
    ['nothing, where that is zero', [], [], 'no data of canary and baseline'],
  ])('is inconclusive where Kayenta passes %s', (_, canary, baseline, reason) => {
    const found = classify(aMetric(canary, baseline, { nanStrategy: 'replace', critical: true }));
    expect(found).toMatchObject({ classification: 'inconclusive', counts: 'for', isCritical: false });
    expect(found.reason).toContain(reason);
  });

  it.each([
    ['a single point against another', [1], [2]],
    ['zeros against a single point', [0, 0, 0, 0, 0], [5]],
  ])('is inconclusive where the judge of Kayenta throws: %s', (_, canary, baseline) => {
    const found = classify(aMetric(canary, baseline, { critical: true }));
    expect(found).toMatchObject({ classification: 'inconclusive', counts: 'not', isCritical: false, shift: null });
  });

  it('is harm by few points where these are all apart, as in Kayenta', () => {
    expect(classify(aMetric([10, 11], [1, 2])).classification).toBe('high');
  });

  it('forgets an infinite point that was an outlier', () => {
    const many = Array.from({ length: 300 }, (_, i) => i % 7);
    const outliers = { strategy: 'remove', outlierFactor: 3 } as const;
    expect(classify(aMetric([...many, Infinity], many, { outliers })).classification).toBe('pass');
  });
});
