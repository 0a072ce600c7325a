import type { Outliers } from './metric';

/**
 * Leaves out what is beyond the quartiles by more than `outlierFactor` interquartile ranges, and beyond the first or last hundredth as
 * well: of few points only those are outliers that are far out by both.
 */
export function withoutOutliers(values: readonly number[], { strategy, outlierFactor }: Outliers): readonly number[] {
  if (strategy === 'keep') return values;
  const ascending = [...values].sort((a, b) => a - b);
  const [q1, q3] = [interpolated(ascending, 0.25), interpolated(ascending, 0.75)];
  const reach = outlierFactor * (q3 - q1);
  const lowest = Math.min(interpolated(ascending, 0.01), q1 - reach);
  const highest = Math.max(interpolated(ascending, 0.99), q3 + reach);
  return values.filter((value) => !(value > highest || value < lowest));
}

/** A quantile between the two values that it falls between: type 7 of Hyndman and Fan, the default of R. */
export function interpolated(ascending: readonly number[], part: number): number {
  const rank = 1 + (ascending.length - 1) * part;
  const whole = Math.floor(rank);
  const value = ascending[whole - 1] ?? NaN;
  return value + (rank - whole) * ((ascending[whole] ?? value) - value);
}
