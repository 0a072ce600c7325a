import type { Rollout } from './model';
import type { Step } from './plan';

/**
 * A fresh baseline: instances of the old release that are as young as the canary's, and get the same share. What it is
 * for, and what was decided about it, is in docs/adr/0015-fresh-baseline.md.
 */

/** Where stable keeps a part of the traffic beside both, so that the way back stays warm. */
export const withFreshBaseline = (step: Step): Step =>
  step.judged && 2 * step.traffic < 100 ? { ...step, baseline: step.traffic } : step;

/** Its share in this phase, in per cent. Where the next step has none, it has been stopped before anything grows. */
export function baselineShareOf({ plan: { steps }, phase }: Rollout): number {
  if (phase.name === 'shifting' || phase.name === 'watching') return steps[phase.step]?.baseline ?? 0;
  if (phase.name !== 'growing' || steps[phase.step]?.baseline === undefined) return 0;
  return steps[phase.step - 1]?.baseline ?? 0;
}

/** The canary's part of what is compared, in per cent. */
export function shareOfArms(step: Step | undefined): number | null {
  if (!step) return null;
  return step.baseline === undefined ? step.traffic : (100 * step.traffic) / (step.traffic + step.baseline);
}
