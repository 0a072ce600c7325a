import type { Arms } from '../arms';

/** What a metric is judged by. The words are Kayenta's. */
export interface Rule {
  /** Each group that it counts in. */
  groups: readonly string[];
  /** Which way is harm. */
  direction: 'increase' | 'decrease' | 'either';
  /** Missing points are left out, or are zeros. */
  nanStrategy: 'remove' | 'replace';
  /** Where it is beyond the critical effect, all of the judgement fails. */
  critical: boolean;
  /** Without data it counts as harm. */
  mustHaveData: boolean;
  outliers: Outliers;
  effectSize: EffectSize;
}

/** `outlierFactor`: so many interquartile ranges beyond the quartiles. */
export interface Outliers {
  strategy: 'keep' | 'remove';
  outlierFactor: number;
}

/**
 * `meanRatio`: the canary's mean as a multiple of the baseline's. `cles`: how often a point of the canary is above one of the baseline.
 * A shift is harm where the effect reaches the allowed one, and critical where it reaches the critical one too.
 */
export interface EffectSize {
  measure: 'meanRatio' | 'cles';
  allowedIncrease: number;
  allowedDecrease: number;
  criticalIncrease: number;
  criticalDecrease: number;
}

/** How sure the interval of a shift is, and the part of the estimated shift that it has to leave behind. */
export interface Certainty {
  confidence: number;
  tolerance: number;
}

/** One metric of both arms, a point for each moment of measurement; `NaN` where there is none. */
export interface Metric extends Rule, Certainty {
  name: string;
  /** What its numbers are called behind them; empty for none. */
  unit: string;
  values: Readonly<Record<keyof Arms, readonly number[]>>;
}

/** By how much the canary is above the baseline. */
export interface Shift {
  estimate: number;
  from: number;
  to: number;
}

export interface MetricVerdict {
  name: string;
  groups: readonly string[];
  classification: 'pass' | 'high' | 'low' | 'nodata' | 'inconclusive';
  /** How its groups count it. An inconclusive one counts as it does in Kayenta, which knows no such thing. */
  counts: 'for' | 'against' | 'not';
  /** All of the judgement fails by it. */
  isCritical: boolean;
  reason: string;
  /** Between the arms; `null` where nothing was compared. */
  shift: Shift | null;
  /** `null` where it can't be told, as that of means around zero. */
  effect: number | null;
  /** What was compared, after missing points and outliers. */
  points: Record<keyof Arms, number>;
}

/** The interval and the tolerance that Kayenta has built in. */
export const kayentaCertainty: Certainty = { confidence: 0.98, tolerance: 0.25 };

/** What Kayenta assumes of a metric that says nothing. */
export const kayentaRule: Rule = {
  groups: [],
  direction: 'either',
  nanStrategy: 'remove',
  critical: false,
  mustHaveData: false,
  outliers: { strategy: 'keep', outlierFactor: 3 },
  effectSize: noEffect('meanRatio'),
};

/** The effect of no shift at all, as every limit: what Kayenta assumes. */
export function noEffect(measure: EffectSize['measure']): EffectSize {
  const none = measure === 'cles' ? 0.5 : 1;
  return {
    measure,
    allowedIncrease: none,
    allowedDecrease: none,
    criticalIncrease: none,
    criticalDecrease: none,
  };
}
