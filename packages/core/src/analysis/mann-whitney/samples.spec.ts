import { areSame, isConstant, samplesOf } from './samples';
import { aMetric } from './testing/a-metric';

describe('the samples of a metric', () => {
  it('are ascending, without the points that are missing', () => {
    expect(samplesOf(aMetric([3, NaN, 1], [NaN, NaN]))).toEqual({ canary: [1, 3], baseline: [] });
  });

  it('have zeros for missing points where these are to be replaced', () => {
    const metric = aMetric([3, NaN, 1], [NaN], { nanStrategy: 'replace' });
    expect(samplesOf(metric)).toEqual({ canary: [0, 1, 3], baseline: [0] });
  });

  it('lose their outliers after missing points were replaced', () => {
    const zeros = [NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, 7];
    const outliers = { strategy: 'remove', outlierFactor: 3 } as const;
    expect(samplesOf(aMetric(zeros, [7], { nanStrategy: 'replace', outliers })).canary).toEqual(Array(9).fill(0));
    expect(samplesOf(aMetric(zeros, [7], { outliers })).canary).toEqual([7]);
  });

  it('leave the points that they were made of as they are', () => {
    const points = [3, 1, 2];
    samplesOf(aMetric(points, points));
    expect(points).toEqual([3, 1, 2]);
  });

  it('are the same when every point is', () => {
    expect(areSame({ canary: [1, 2], baseline: [1, 2] })).toBe(true);
    expect(areSame({ canary: [1, 2], baseline: [1, 2, 2] })).toBe(false);
    expect([isConstant([4, 4]), isConstant([4, 5])]).toEqual([true, false]);
  });
});
