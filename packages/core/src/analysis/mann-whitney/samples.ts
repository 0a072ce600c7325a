import type { Arms } from '../arms';
import type { Metric } from './metric';
import { withoutOutliers } from './outliers';

/** What is compared: points without missing ones and outliers, ascending. */
export type Samples = Record<keyof Arms, readonly number[]>;

export function samplesOf({ values, nanStrategy, outliers }: Metric): Samples {
  const sample = (points: readonly number[]): readonly number[] => {
    const known =
      nanStrategy === 'replace'
        ? points.map((point) => (Number.isNaN(point) ? 0 : point))
        : points.filter((point) => !Number.isNaN(point));
    return [...withoutOutliers(known, outliers)].sort((a, b) => a - b);
  };
  return { canary: sample(values.canary), baseline: sample(values.baseline) };
}

export const isConstant = (ascending: readonly number[]): boolean => ascending[0] === ascending.at(-1);

export const areSame = ({ canary, baseline }: Samples): boolean =>
  canary.length === baseline.length && canary.every((value, i) => value === baseline[i]);
