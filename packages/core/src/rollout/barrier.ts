import type { Instant } from '../analysis/figures';
import { formatInstant } from '../instant';
import { missingBefore, ruleBefore, validApprovals } from './approvals';
import { frozenAt } from './freeze';
import type { EnvironmentState, Rollout } from './model';
import type { Stage } from './plan';

/** What keeps a rollout from its next step. `until`: when that is over by itself; `null` where it is for people, or not known. */
export interface Barrier {
  waiting: 'approval' | 'freeze';
  stage: Stage;
  words: string;
  until: Instant | null;
}

/**
 * What keeps the step with this index from beginning; `steps.length`: what follows the last one. Approvals count for the first
 * step of their stage; a freeze for every one that gives the release more traffic. Going back is never kept from anything.
 */
export function barrierBefore(
  { unfrozen }: Pick<EnvironmentState, 'unfrozen'>,
  rollout: Pick<Rollout, 'plan' | 'approvals'>,
  index: number,
  at: Instant,
): Barrier | null {
  const { plan } = rollout;
  const before = plan.steps[index - 1];
  const stage = (plan.steps[index] ?? before)?.stage;
  if (plan.kind !== 'deploy' || stage === undefined || stage === 'staging' || before?.traffic === 100) return null;
  if (stage !== before?.stage && missingBefore(rollout, stage, at) > 0)
    return { waiting: 'approval', stage, words: missingWords(rollout, stage, at), until: null };
  const frozen = frozenAt(plan.freeze, unfrozen, at);
  if (!frozen) return null;
  const end = frozen.until === null ? 'until somebody lifts it' : `until ${formatInstant(frozen.until)}`;
  return { waiting: 'freeze', stage, words: `frozen ${end}: ${frozen.reason}`, until: frozen.until };
}

function missingWords(rollout: Pick<Rollout, 'plan' | 'approvals'>, stage: Stage, at: Instant): string {
  const [has, wants] = [validApprovals(rollout, stage, at), ruleBefore(rollout.plan, stage)?.by ?? 0];
  const given = has.length ? ` (${has.map(({ by }) => by).join(', ')})` : '';
  return `${has.length} of ${wants} approvals before ${stage}${given}`;
}

/** What a rollout waits for that nobody's figures decide, as it stands; `null` where it waits for nothing of the kind. */
export function barrierOf(state: Pick<EnvironmentState, 'rollout' | 'unfrozen'>, at: Instant): Barrier | null {
  const { rollout } = state;
  if (rollout?.phase.name === 'parked') return barrierBefore(state, rollout, 0, at);
  if (rollout?.phase.name !== 'watching') return null;
  const { waiting, step } = rollout.phase;
  return waiting === 'approval' || waiting === 'freeze' ? barrierBefore(state, rollout, step + 1, at) : null;
}
