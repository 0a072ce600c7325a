import { withoutStable } from '../analysis/arms';
import type { Interval } from '../analysis/figures';
import type { Health } from '../health';
import type { BaselineSeen, Event, Rollout, Watching } from './model';
import type { Step } from './plan';
import type { Decision } from './watch';

type Observed = Extract<Event, { type: 'observed' }>;

/** What an observation adds to what is known of the baseline of its step. */
export function baselineSeen(
  step: Step | undefined,
  { baseline: before }: Watching,
  { baseline: health, at }: Observed,
): { baseline?: BaselineSeen } {
  if (step?.baseline === undefined) return {};
  const restarts = health?.restarts ?? before?.restarts ?? 0;
  const isIll = !isWhole(health) || restarts !== (before?.restarts ?? 0);
  return { baseline: { restarts, illUntil: isIll ? at : (before?.illUntil ?? 0) } };
}

/** One that could not be asked may be down. */
const isWhole = (health: Health | undefined): boolean =>
  health !== undefined && health.wanted > 0 && health.healthy === health.wanted;

const isBlind = ({ from }: Pick<Interval, 'from'>, seen: BaselineSeen | undefined): boolean =>
  seen !== undefined && from < seen.illUntil;

/**
 * What the judge is told of an interval in a step with a fresh baseline: not what stable answered, which it would take where
 * the baseline had no request; and nothing where the baseline was down, since any release is better than that.
 */
export function compared(interval: Interval, seen: BaselineSeen | undefined): Interval {
  if (seen === undefined) return interval;
  return isBlind(interval, seen) ? { ...interval, slots: [], metrics: {} } : withoutStable(interval);
}

/**
 * Says so; a baseline that is down gets no more traffic, so the next step waits for it. A step that was let through waits no
 * longer than it has time: then it is held once more.
 */
export function noteBlindness({ plan }: Rollout, decision: Decision, phase: Watching, event: Observed): Decision {
  const { baseline: health } = event;
  const isNeeded = plan.steps[phase.step + 1]?.baseline !== undefined && !isWhole(health);
  const isLate = decision.gate.verdict !== 'pass' && event.at >= phase.deadline;
  const held: Decision =
    decision.next === 'advance' && isNeeded ? { ...decision, next: isLate ? 'hold' : 'stay' } : decision;
  if (held === decision && !isBlind(event.interval, phase.baseline)) return decision;
  const count = health ? `${health.healthy} of ${health.wanted} instances healthy` : 'not asked';
  const why = health?.reason ? `: ${health.reason}` : '';
  const reason = `not compared while the fresh baseline is not whole (now ${count}${why})`;
  return { ...held, gate: { ...held.gate, reasons: [...held.gate.reasons, reason] } };
}
