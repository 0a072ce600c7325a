import type { Instant } from '../analysis/figures';
import { isSamePerson, isNamed } from './person';
import type { Approval, Rollout } from './model';
import type { ApprovalRule, Plan, Stage } from './plan';

export const ruleBefore = ({ approvals }: Plan, stage: Stage): ApprovalRule | undefined =>
  approvals.find(({ before }) => before === stage);

/** Those that count at an instant: of this release, by different people, and not yet too old. */
export const validApprovals = (
  { plan, approvals }: Pick<Rollout, 'plan' | 'approvals'>,
  stage: Stage,
  at: Instant,
): Approval[] =>
  approvals.filter(({ before, release, expires }) => before === stage && release === plan.release.id && at < expires);

/** How many are missing before a stage. */
export function missingBefore(rollout: Pick<Rollout, 'plan' | 'approvals'>, stage: Stage, at: Instant): number {
  const rule = ruleBefore(rollout.plan, stage);
  return rule ? Math.max(0, rule.by - validApprovals(rollout, stage, at).length) : 0;
}

/** Whether a stage of the plan has not begun: only then anybody's consent to it changes anything. */
export function isAhead({ plan, phase }: Rollout, stage: Stage): boolean {
  if (!plan.steps.some((step) => step.stage === stage)) return false;
  if (phase.name === 'parked') return true;
  if (plan.steps[0]?.stage === stage) return false;
  switch (phase.name) {
    case 'tidying':
    case 'proving':
    case 'starting':
    case 'trying':
      return true;
    case 'shifting':
    case 'watching':
      return plan.steps[phase.step]?.stage !== stage;
    default:
      return false;
  }
}

/** Why an approval of somebody would not count. */
export type Objection = 'not-named' | 'own' | 'twice' | null;

export function objectionTo(rollout: Rollout, rule: ApprovalRule, by: string, at: Instant): Objection {
  if (rule.from && !rule.from.some((name) => isNamed(by, name))) return 'not-named';
  if (rule.by > 1 && isSamePerson(by, rollout.plan.by)) return 'own';
  return validApprovals(rollout, rule.before, at).some((approval) => isSamePerson(approval.by, by)) ? 'twice' : null;
}
