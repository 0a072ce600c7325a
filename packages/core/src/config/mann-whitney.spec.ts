import { mannWhitneyDefaults } from '../analysis/mann-whitney/settings';
import { aConfig, aConfigInput } from '../testing';
import { maxDurationOf, minDurationOf } from './canary-times';
import { parse, problemsOf } from './testing/refusals';

const at = 'canary.mannWhitney';
const problems = (mannWhitney: object, canary: object = {}, production: object = {}) =>
  problemsOf({ ...aConfigInput(), canary: { method: 'mann-whitney', ...canary, mannWhitney }, production });

describe('canary.mannWhitney', () => {
  it("has the judge's defaults", () => {
    expect(aConfig().canary.mannWhitney).toEqual(mannWhitneyDefaults);
  });

  it('takes the effect of no difference, by the measure, for a limit that is left out', () => {
    const effectSize = { measure: 'cles', allowedIncrease: 0.8 };
    const written = { ...aConfigInput(), canary: { mannWhitney: { metrics: { p95: { effectSize } } } } };
    expect(parse(written).canary.mannWhitney.metrics.p95.effectSize).toEqual({
      ...{ measure: 'cles', allowedIncrease: 0.8, allowedDecrease: 0.5, criticalIncrease: 0.5, criticalDecrease: 0.5 },
    });
  });

  it('is watched for half an hour at least, and a day at most, unless something else is said', () => {
    const { canary } = aConfig({ canary: { method: 'mann-whitney' } });
    expect([minDurationOf(canary), maxDurationOf(canary)]).toEqual([1_800_000, 86_400_000]);
    expect(maxDurationOf({ method: 'mann-whitney', duration: 2 * 86_400_000 })).toBe(2 * 86_400_000);
  });

  it.each([
    [{ confidence: 1 }, [`${at}.confidence: expected a number below 1, found 1`]],
    [{ confidence: 0 }, [`${at}.confidence: expected a number above 0, found 0`]],
    [{ confidence: NaN }, [`${at}.confidence: expected a number, found null`]],
    [{ confidence: '0.98' }, [`${at}.confidence: expected a number, found "0.98"`]],
    [{ tolerance: 1 }, [`${at}.tolerance: expected a number below 1, found 1`]],
    [{ tolerance: -0.1 }, [`${at}.tolerance: expected a number of at least 0, found -0.1`]],
    [{ judgeEvery: '0s' }, [`${at}.judgeEvery: expected a duration longer than "0s", found "0s"`]],
    [{ pass: 0 }, [`${at}.pass: expected a number above 0, found 0`]],
    [{ pass: 101 }, [`${at}.pass: expected a number of at most 100, found 101`]],
    [{ pass: 70 }, [`${at}.marginal: 75 is above ${at}.pass, 70`]],
    [{ metrics: { p90: {} } }, [`${at}.metrics.p90: is not a known key; did you mean "p50"?`]],
    [{ metrics: { p95: { groups: [] } } }, [`${at}.metrics.p95.groups: expected a list of at least 1 item, found []`]],
    [
      { metrics: { p95: { nanStrategy: 'zero' } } },
      [`${at}.metrics.p95.nanStrategy: expected one of "remove", "replace", found "zero"`],
    ],
    [
      { metrics: { p95: { outliers: { outlierFactor: 0 } } } },
      [`${at}.metrics.p95.outliers.outlierFactor: expected a number above 0, found 0`],
    ],
    [
      { metrics: { p95: { effectSize: { allowedIncrease: 0 } } } },
      [`${at}.metrics.p95.effectSize.allowedIncrease: expected a number above 0, found 0`],
    ],
    [
      { metrics: { p95: { effectSize: { allowdIncrease: 2 } } } },
      [`${at}.metrics.p95.effectSize.allowdIncrease: is not a known key; did you mean "allowedIncrease"?`],
    ],
    [
      { metrics: { p95: { effectSize: { allowedIncrease: 0.2, criticalDecrease: 1.5 } } } },
      [
        `${at}.metrics.p95.effectSize.allowedIncrease: 0.2 is below 1, which is no increase`,
        `${at}.metrics.p95.effectSize.criticalDecrease: 1.5 is above 1, which is no decrease`,
      ],
    ],
    [
      { metrics: { errors: { effectSize: { measure: 'cles', allowedIncrease: 1.2 } } } },
      [`${at}.metrics.errors.effectSize.allowedIncrease: 1.2 is above 1, a share`],
    ],
    [{ weights: { errors: 50, lateny: 50 } }, [`${at}.weights.lateny: no metric is in this group`]],
    [{ weights: { errors: 50, latency: 49 } }, [`${at}.weights: add up to 99, not to 100`]],
    [{ weights: { errors: 100 } }, [`${at}.weights: add up to 100, which leaves nothing for the group "latency"`]],
    [{ weights: { errors: -1 } }, [`${at}.weights.errors: expected a number of at least 0, found -1`]],
  ])('is refused: %j', (mannWhitney, expected) => {
    expect(problems(mannWhitney)).toEqual(expected);
  });

  it.each([
    [{}, { duration: '4m' }, {}, [`canary.duration: is shorter than ${at}.judgeEvery, the time to the first look`]],
    [
      {},
      {},
      { stepDuration: '4m' },
      [`production.stepDuration: is shorter than ${at}.judgeEvery, the time to the first look`],
    ],
    [
      { judgeEvery: '49s' },
      {},
      {},
      [`${at}.judgeEvery: has 4 intervals, too few to show anything at ${at}.confidence, 0.98`],
    ],
  ])(
    'is refused where a step ends before its first look, or that has too few points: %j, %j, %j',
    (mannWhitney, canary, production, expected) => {
      expect(problems(mannWhitney, canary, production)).toEqual(expected);
    },
  );

  it('may look as often as its confidence needs', () => {
    const mannWhitney = { judgeEvery: '50s' };
    expect(() => parse({ ...aConfigInput(), canary: { method: 'mann-whitney', mannWhitney } })).not.toThrow();
  });

  it('may give weights to some of its groups', () => {
    const written = { ...aConfigInput(), canary: { mannWhitney: { weights: { latency: 70 } } } };
    expect(parse(written).canary.mannWhitney.weights).toEqual({ latency: 70 });
  });

  it('minds short steps only where it is the method, or where a step has a baseline', () => {
    expect(() => parse({ ...aConfigInput(), canary: { duration: '1m' } })).not.toThrow();
    const atOnce = { steps: [100], stepDuration: '1m' };
    expect(() => parse({ ...aConfigInput(), canary: { method: 'mann-whitney' }, production: atOnce })).not.toThrow();
  });
});
