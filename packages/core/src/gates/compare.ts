import type { Summary } from '../analysis/figures';
import type { Config } from '../config/schema';
import type { Comparison } from './gate';

export type Margins = Config['canary']['threshold']['promote'];

/** Error rate against `baseline x ratio + absolute`. `ok` is null when a side has no requests. */
export function compareErrors(canary: Summary, baseline: Summary, margin: Margins['errors']): Comparison {
  const limit = baseline.errorRate === null ? null : baseline.errorRate * margin.ratio + margin.absolute;
  return comparisonOf('error rate', 'share', canary.errorRate, baseline.errorRate, limit);
}

/** p95 of latency against the larger of `baseline x ratio` and `baseline + absolute`. */
export function compareLatency(canary: Summary, baseline: Summary, margin: Margins['latency']): Comparison {
  const limit = baseline.p95 === null ? null : Math.max(baseline.p95 * margin.ratio, baseline.p95 + margin.absolute);
  return comparisonOf('latency p95', 'ms', canary.p95, baseline.p95, limit);
}

export const comparisonOf = (
  metric: string,
  unit: Comparison['unit'],
  value: number | null,
  baseline: number | null,
  limit: number | null,
): Comparison => ({
  metric,
  unit,
  value,
  baseline,
  limit,
  ok: value === null || limit === null ? null : value <= limit,
});

/** `error rate 12.0 % is above its limit of 0.5 % (baseline 0.3 %)` */
export function explainComparison({ metric, unit, value, baseline, limit, ok, worse }: Comparison): string {
  const show = (amount: number | null) => formatAmount(amount, unit);
  if (ok === null) return `${metric}: nothing to compare (canary ${show(value)}, baseline ${show(baseline)})`;
  return `${metric} ${show(value)} is ${ok ? 'within' : worse === 'lower' ? 'below' : 'above'} its limit of ${show(limit)} (baseline ${show(baseline)})`;
}

export function formatAmount(amount: number | null, unit: Comparison['unit']): string {
  if (amount === null) return 'unknown';
  if (unit === 'share') return `${(amount * 100).toFixed(2)} %`;
  if (unit === 'number') return String(Number(amount.toPrecision(3)));
  return unit === 'ms' ? `${amount.toFixed(1)} ms` : String(amount);
}

/** The span of a ratio as it follows the estimate: ` (1.10 to 1.40)`; nothing where it has no end. */
export function formatSpan(from: number | null, to: number | null): string {
  if (from !== null && to !== null) return ` (${formatTimes(from)} to ${formatTimes(to)})`;
  if (from !== null) return ` (at least ${formatTimes(from)})`;
  return to === null ? '' : ` (at most ${formatTimes(to)})`;
}

export const formatTimes = (ratio: number): string => ratio.toFixed(ratio < 10 ? 2 : 0);
