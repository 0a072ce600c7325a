import { normalQuantile } from './normal-quantile';

/** The deviation of the noise, as a part of the value. */
const part = 1e-5;

/**
 * Values that are all the same, a little apart: a rank sum test needs a spread. Kayenta adds normal noise of this size; these are the
 * means of such noise, so that the same data have the same verdict.
 */
export const spreadOut = (values: readonly number[]): number[] =>
  values.map((value, i) => value + Math.abs(value) * part * normalQuantile((i + 0.5) / values.length));
