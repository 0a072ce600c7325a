import type { Instant } from '../analysis/figures';
import type { EnvironmentState } from '../rollout/model';
import { barrierOf } from '../rollout/barrier';
import { isSettled } from '../rollout/next';

/**
 * When the step that a rollout is at ends at the earliest, in whole seconds: asking again before that is of no use. `null`
 * where nothing is under way, where only a moment is left, and where a person is waited for.
 */
export function earliestEnd(state: EnvironmentState, now: Instant): Instant | null {
  const { rollout } = state;
  if (!rollout || isSettled(state)) return null;
  const { plan, phase, failures } = rollout;
  const next = Math.max(now, failures.count ? failures.retryAt : 0);
  const after = (step: number): Instant => next + (plan.steps[step]?.minDuration ?? 0);
  const wholeSecond = (at: Instant): Instant => Math.ceil(at / 1000) * 1000;
  switch (phase.name) {
    case 'parked': {
      const end = barrierOf(state, now)?.until ?? null;
      return end === null ? null : wholeSecond(end);
    }
    case 'tidying':
    case 'proving':
    case 'starting':
    case 'trying':
      return wholeSecond(after(0));
    case 'merging':
    case 'shedding':
      return wholeSecond(after(phase.step + 1));
    case 'growing':
    case 'shifting':
      return wholeSecond(after(phase.step));
    case 'watching': {
      if (phase.waiting === 'person' || (phase.waiting === 'goal' && plan.goal === 'canary')) return null;
      const barrier = barrierOf(state, now);
      if (barrier) return barrier.until === null ? null : wholeSecond(barrier.until);
      const configured = phase.since + (plan.steps[phase.step]?.minDuration ?? 0);
      return wholeSecond(Math.max(configured, phase.observedAt + plan.judge.interval, next));
    }
    default:
      return null;
  }
}
