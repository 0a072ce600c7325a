import type { Instant } from '../analysis/figures';
import { isoInstant } from '../instant';
import { ruleBefore, validApprovals } from '../rollout/approvals';
import { barrierOf } from '../rollout/barrier';
import { frozenAt } from '../rollout/freeze';
import type { EnvironmentState } from '../rollout/model';
import { isSettled } from '../rollout/next';
import type { EnvironmentStatus } from './status';

const isoOrNull = (at: Instant | null): string | null => (at === null ? null : isoInstant(at));

/** What keeps a rollout that may go on from doing so. */
export function waitingOf(state: EnvironmentState, now: Instant): EnvironmentStatus['waiting'] {
  const { rollout } = state;
  if (!rollout) return null;
  if (rollout.phase.name === 'watching' && rollout.phase.waiting === 'goal') {
    return { for: 'goal', before: 'production', words: 'deploy-prod', until: null, approvals: null };
  }
  const barrier = barrierOf(state, now);
  if (!barrier) return null;
  const { waiting, stage, words, until } = barrier;
  const rule = ruleBefore(rollout.plan, stage);
  const given = validApprovals(rollout, stage, now).map(({ by, at, expires, reason }) => ({
    ...{ by, reason },
    ...{ at: isoInstant(at), expires: isoInstant(expires) },
  }));
  return {
    ...{ for: waiting, before: stage, words, until: isoOrNull(until) },
    approvals: rule ? { wanted: rule.by, given } : null,
  };
}

/** The freeze that is in force, lifted or not. */
export function freezeOf(state: EnvironmentState, now: Instant): EnvironmentStatus['freeze'] {
  const { rollout, unfrozen } = state;
  const isPast = rollout === null || (isSettled(state) && now >= rollout.plan.freeze.knownUntil);
  const frozen = isPast ? null : frozenAt(rollout.plan.freeze, null, now);
  if (!frozen) return null;
  const isLifted = unfrozen !== null && now < unfrozen.until;
  return {
    ...{ reason: frozen.reason, until: isoOrNull(frozen.until) },
    lifted: isLifted ? { by: unfrozen.by, reason: unfrozen.reason, until: isoInstant(unfrozen.until) } : null,
  };
}
