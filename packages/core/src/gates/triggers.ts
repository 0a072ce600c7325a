import type { Summary } from '../analysis/figures';
import { compareErrors, compareLatency, explainComparison, type Margins } from './compare';
import { failed, inconclusive, passed, type GateResult } from './gate';

/** The rollback triggers: error rate > baseline + 50 %, latency > baseline + 100 % (the defaults of the margins). */
export function rollbackTriggers(canary: Summary, baseline: Summary, margins: Margins): GateResult {
  const comparisons = [
    compareErrors(canary, baseline, margins.errors),
    compareLatency(canary, baseline, margins.latency),
  ];
  const hit = comparisons.filter((c) => c.ok === false);
  if (hit.length) return failed(hit.map(explainComparison), comparisons);
  const reasons = comparisons.map(explainComparison);
  return comparisons.every((c) => c.ok) ? passed(reasons, comparisons) : inconclusive(reasons, comparisons);
}
