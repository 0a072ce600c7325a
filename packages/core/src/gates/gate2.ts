import type { Summary } from '../analysis/figures';
import { compareErrors, compareLatency, explainComparison, type Margins } from './compare';
import { failed, inconclusive, passed, type GateResult } from './gate';

/** Gate 2, canary -> production: error rate <= baseline, latency <= baseline + 10 % (the defaults of the margins). */
export function gate2(canary: Summary, baseline: Summary, margins: Margins): GateResult {
  const comparisons = [
    compareErrors(canary, baseline, margins.errors),
    compareLatency(canary, baseline, margins.latency),
  ];
  const reasons = comparisons.map(explainComparison);
  if (comparisons.some((c) => c.ok === false)) return failed(reasons, comparisons);
  return comparisons.every((c) => c.ok) ? passed(reasons, comparisons) : inconclusive(reasons, comparisons);
}
