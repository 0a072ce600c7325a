import type { EffectSize, Rule } from '../metric';

/** A metric, and what Kayenta (commit a69573be) says of it. */
export interface KayentaVerdict {
  name: string;
  rule: Partial<Omit<Rule, 'effectSize'>> & { effectSize?: Partial<EffectSize> };
  canary: readonly number[];
  baseline: readonly number[];
  /** `required`: without data, where there must be some (NodataFailMetric). */
  verdict: 'pass' | 'high' | 'low' | 'nodata' | 'required';
  isCritical: boolean;
}

const withOneFarOut = [...Array.from({ length: 130 }, (_, i) => 5 + (i % 7) / 10), 900];
const lower = Array.from({ length: 120 }, (_, i) => 4 + (i % 5) / 10);
const some = [10, 10.2, 9.8, 10.1, 9.9, 10.3, 10];
const high = [20, 22, 21, 25, 30, 24, 27];
const low = [1, 2.2, 1.1, 2.5, 3, 2, 1.5];
const sixthMore = [11, 12, 11.5, 12.2, 11.8, 12.1, 11.4];

const row = (
  name: string,
  rule: KayentaVerdict['rule'],
  canary: readonly number[],
  baseline: readonly number[],
  verdict: KayentaVerdict['verdict'],
  isCritical = false,
): KayentaVerdict => ({ name, rule, canary, baseline, verdict, isCritical });

export const kayentaVerdicts: readonly KayentaVerdict[] = [
  row('twenty against two', {}, high, low, 'high'),
  row('two against twenty', {}, low, high, 'low'),
  row('lower where only higher is harm', { direction: 'increase' }, low, high, 'pass'),
  row('higher where only lower is harm', { direction: 'decrease' }, high, low, 'pass'),
  row('a sixth higher', {}, sixthMore, some, 'high'),
  row('a sixth higher, a fifth is allowed', { effectSize: { allowedIncrease: 1.2 } }, sixthMore, some, 'pass'),
  row('a sixth lower, a twentieth is allowed', { effectSize: { allowedDecrease: 0.95 } }, some, sixthMore, 'low'),
  row('a sixth lower, a fifth is allowed', { effectSize: { allowedDecrease: 0.8 } }, some, sixthMore, 'pass'),
  row(
    'critical, and beyond the critical effect',
    { critical: true, effectSize: { criticalIncrease: 5 } },
    high,
    low,
    'high',
    true,
  ),
  row(
    'critical, and within the critical effect',
    { critical: true, effectSize: { allowedIncrease: 5, criticalIncrease: 13 } },
    high,
    low,
    'high',
  ),
  row('critical by no effect at all', { critical: true }, sixthMore, some, 'high', true),
  row('critically low', { critical: true, effectSize: { criticalDecrease: 0.5 } }, low, high, 'low', true),
  row(
    'cles, always above',
    { effectSize: { measure: 'cles', allowedIncrease: 0.8, allowedDecrease: 0.2 } },
    sixthMore,
    some,
    'high',
  ),
  row(
    'cles, above in most pairs, more allowed',
    { effectSize: { measure: 'cles', allowedIncrease: 1, allowedDecrease: 0 } },
    [10, 12, 13, 14, 15, 16, 17, 18, 19, 20],
    [9, 9.5, 10.5, 11, 9.8, 9.1, 9.9, 12.5, 9.2, 9.3],
    'pass',
  ),
  row(
    'cles, above in most pairs',
    { effectSize: { measure: 'cles', allowedIncrease: 0.8, allowedDecrease: 0.2 } },
    [10, 12, 13, 14, 15, 16, 17, 18, 19, 20],
    [9, 9.5, 10.5, 11, 9.8, 9.1, 9.9, 12.5, 9.2, 9.3],
    'high',
  ),
  row('constants that differ', {}, Array<number>(6).fill(10), Array<number>(6).fill(1), 'high'),
  row(
    'constants that differ by a tenth, a fifth is allowed',
    { effectSize: { allowedIncrease: 1.2 } },
    Array<number>(6).fill(11),
    Array<number>(6).fill(10),
    'pass',
  ),
  row('a constant against zeros', {}, Array<number>(6).fill(10), Array<number>(6).fill(0), 'high'),
  row('zeros against a constant', {}, Array<number>(6).fill(0), Array<number>(6).fill(10), 'low'),
  row('negative constants', {}, Array<number>(6).fill(-2), Array<number>(6).fill(-3), 'pass'),
  row('constants that hardly differ', {}, Array<number>(8).fill(100.00001), Array<number>(8).fill(100), 'pass'),
  row(
    'zeros, and a ratio that can not be told',
    { critical: true, effectSize: { allowedIncrease: 1.2, criticalIncrease: 5 } },
    [0.05, 0.05, 0.017, 0.017, 0.017, 0.05, 0.033, 0.05, 0.05, 0.133],
    Array<number>(10).fill(0),
    'high',
    true,
  ),
  row('the same in another order', {}, high, [27, 24, 30, 25, 21, 22, 20], 'pass'),
  row('one constant, of different lengths', {}, Array<number>(9).fill(1), Array<number>(6).fill(1), 'pass'),
  row(
    'missing points left out',
    {},
    [NaN, 20, 22, NaN, 21, 25, 30, 24, 27],
    [1, 2.2, NaN, 1.1, 2.5, 3, 2, 1.5, NaN],
    'high',
  ),
  row(
    'missing points as zeros',
    { nanStrategy: 'replace' },
    [NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, 3, 4],
    [NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, 5],
    'pass',
  ),
  row(
    'errors that the baseline never has',
    { nanStrategy: 'replace' },
    [4, 5, NaN, 6, 4, 7, 5, 8],
    Array<number>(8).fill(NaN),
    'high',
  ),
  row('outliers kept', {}, [9, 10, 11, 10, 9, 10, 11, 10, 9, 500], [3, 4, 5, 4, 3, 4, 5, 4, 3, 4], 'high'),
  row(
    'outliers of few points are within the last hundredth',
    { outliers: { strategy: 'remove', outlierFactor: 1.5 } },
    [10, 10.2, 9.8, 10.1, 9.9, 10.3, 10, 500, 500, 500, 500],
    [10, 10.2, 9.8, 10.1, 9.9, 10.3, 10, 10.1, 9.9, 10, 10.2],
    'pass',
  ),
  row(
    'outliers left out',
    { outliers: { strategy: 'remove', outlierFactor: 3 }, effectSize: { allowedIncrease: 1.5 } },
    withOneFarOut,
    lower,
    'pass',
  ),
  row('outliers that make the effect', { effectSize: { allowedIncrease: 1.5 } }, withOneFarOut, lower, 'high'),
  row('no data of the canary', {}, [NaN, NaN], some, 'nodata'),
  row('no data of a critical metric', { critical: true }, [NaN, NaN], some, 'nodata', true),
  row('no data where there must be some', { mustHaveData: true }, [], some, 'required'),
  row(
    'no data of a critical metric that must have some',
    { mustHaveData: true, critical: true },
    some,
    [],
    'nodata',
    true,
  ),
];
