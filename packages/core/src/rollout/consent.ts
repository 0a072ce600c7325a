import { formatDuration } from '../config/duration';
import { sluiceError, type SluiceError } from '../errors';
import { formatInstant } from '../instant';
import { nameOf } from '../release';
import { isAhead, objectionTo, ruleBefore, validApprovals } from './approvals';
import { isSamePerson } from './person';
import { entered } from './journal';
import type { Act, EnvironmentState, Rollout } from './model';
import { isSettled } from './next';
import { look } from './park';

type Approve = Extract<Act, { type: 'approve' }>;
type Reject = Extract<Act, { type: 'reject' }>;

/** Why nobody's word on this release is waited for, as the error to show. */
function unwanted(state: EnvironmentState, act: Approve | Reject): SluiceError | null {
  const { rollout, environment } = state;
  const stages = act.before ? [act.before] : (['canary', 'production'] as const);
  const isAsked =
    rollout !== null &&
    !isSettled(state) &&
    stages.some((stage) => ruleBefore(rollout.plan, stage) !== undefined && isAhead(rollout, stage));
  const command = `nx run ${state.project}:deploy-status`;
  if (!isAsked) return sluiceError('APPROVAL_NOT_WANTED', { environment, stage: stages.join(' or '), command });
  const { release } = rollout.plan;
  return act.release === release.id
    ? null
    : sluiceError('APPROVAL_OF_OTHER', { given: act.release, wanted: nameOf(release), environment });
}

export function refuseApproval(state: EnvironmentState, act: Approve): SluiceError | null {
  const refusal = unwanted(state, act);
  if (refusal) return refusal;
  const { rollout } = state;
  const rule = rollout && ruleBefore(rollout.plan, act.before);
  if (!rule) return null;
  const now = Math.max(state.at, act.at);
  const details = { by: act.by, stage: act.before };
  if (act.at + rule.ttl <= now) return sluiceError('APPROVAL_EXPIRED', { ...details, ttl: formatDuration(rule.ttl) });
  switch (objectionTo(rollout, rule, act.by, now)) {
    case 'not-named':
      return sluiceError('APPROVER_NOT_NAMED', { ...details, from: rule.from ?? [] });
    case 'own':
      return sluiceError('APPROVAL_OWN', { ...details, count: rule.by });
    case 'twice': {
      const given = validApprovals(rollout, act.before, now).find(({ by }) => isSamePerson(by, act.by));
      return sluiceError('APPROVAL_TWICE', { ...details, until: formatInstant(given?.expires ?? now) });
    }
    case null:
      return null;
  }
}

export const refuseRejection = (state: EnvironmentState, act: Reject): SluiceError | null => unwanted(state, act);

/** One that has expired gives way to a new one of the same person. */
export function approve(state: EnvironmentState, rollout: Rollout, act: Approve): EnvironmentState {
  const rule = ruleBefore(rollout.plan, act.before);
  if (!rule) return state;
  const { by, at, reason, release, before } = act;
  const approval = { before, release, by, at, expires: at + rule.ttl, reason };
  const others = rollout.approvals.filter((one) => one.before !== before || !isSamePerson(one.by, by));
  const given = { ...rollout, approvals: [...others, approval] };
  const detail = `${before}, good until ${formatInstant(approval.expires)}: ${reason}`;
  const noted = entered({ ...state, rollout: given }, [
    { what: 'approve', detail, at, by, from: rollout.plan.from?.id ?? null, to: release },
  ]);
  return look(noted, given);
}
