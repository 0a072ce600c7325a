import type { Instant } from '../analysis/figures';
import { isoInstant } from '../instant';
import type { StageName } from '../pipeline';
import { nameOf } from '../release';
import type { EnvironmentState, Outcome, Rollout } from '../rollout/model';
import { completionSignal, type CompletionSignal } from './signal';
import { knownOutcome, trafficOf } from './standing';

/** `phase6-error.json` */
export interface ErrorSignal {
  phase: 6;
  status: 'error';
  /** ISO 8601, UTC. */
  failed_at: string;
  error: {
    type: string;
    message: string;
    /** Whether the way back was taken, and whether the release before has all traffic again. */
    recovery_attempted: boolean;
    recovery_successful: boolean;
    /** Whether a person has to decide or to repair something before the pipeline can go on. */
    requires_human: boolean;
  };
  stage: StageName;
  release: string | null;
}

/** `rollback.json` */
export interface RollbackSignal {
  action: 'rollback';
  /** ISO 8601, UTC. */
  timestamp: string;
  reason: string;
  previous_version_restored: boolean;
  /** The release that was taken back, and the one that is live again. */
  release: string | null;
  restored: string | null;
}

/** What phase 6 tells of a deployment. At most one of `complete` and `error` is there. */
export interface OutcomeSignals {
  complete: CompletionSignal | null;
  error: ErrorSignal | null;
  rollback: RollbackSignal | null;
}

export const noSignals: OutcomeSignals = { complete: null, error: null, rollback: null };

/** What is to be told of the latest rollout of an environment; `null` while its outcome is not known, and for staging that went well. */
export function outcomeSignals(state: EnvironmentState): OutcomeSignals | null {
  const { rollout, environment } = state;
  const outcome = rollout && knownOutcome(rollout);
  if (!rollout || !outcome) return null;
  const isDone = outcome.result === 'done';
  if (environment !== 'production') return isDone ? null : { ...noSignals, error: errorOf(state, rollout, outcome) };
  if (rollout.plan.kind === 'rollback' && isDone)
    return {
      ...noSignals,
      rollback: rollbackOf(state, outcome, rollout.plan.from?.id ?? null, rollout.plan.release.id),
    };
  if (isDone) return { ...noSignals, complete: completionSignal(state) };
  const { release, from } = rollout.plan;
  return {
    complete: null,
    error: errorOf(state, rollout, outcome),
    rollback: outcome.result === 'rolled-back' ? rollbackOf(state, outcome, release.id, from?.id ?? null) : null,
  };
}

/** Of a stage that failed without a rollout that would have something to tell. */
export function stageError(
  stage: StageName,
  { type, message, at, release }: { type: string; message: string; at: Instant; release: string | null },
): ErrorSignal {
  return {
    ...{ phase: 6, status: 'error', failed_at: isoInstant(at) },
    error: {
      ...{ type, message, recovery_attempted: false, recovery_successful: false },
      requires_human: decisions.includes(type),
    },
    ...{ stage, release },
  };
}

/** Problems that end when somebody says what they want. */
const decisions = ['ROLLOUT_HELD', 'RELEASE_REFUSED'];

function errorOf(state: EnvironmentState, rollout: Rollout, { result, reason, at, cause }: Outcome): ErrorSignal {
  const { plan } = rollout;
  const isAttempted = result === 'rolled-back' || plan.kind === 'rollback';
  const isBack = result === 'rolled-back' && isLive(state, plan.from?.id ?? null);
  const type =
    plan.kind === 'rollback' ? 'ROLLBACK_FAILED' : result === 'rolled-back' ? 'ROLLED_BACK' : 'ROLLOUT_FAILED';
  return {
    ...{ phase: 6, status: 'error', failed_at: isoInstant(at) },
    error: {
      ...{ type, message: `${nameOf(plan.release)} in ${plan.environment}: ${reason}` },
      ...{ recovery_attempted: isAttempted, recovery_successful: isBack },
      requires_human:
        cause === 'person' || (isAttempted && !isBack && (plan.from !== null || plan.kind === 'rollback')),
    },
    stage: plan.steps[Math.max(0, rollout.steps.length - 1)]?.stage ?? 'production',
    release: plan.release.id,
  };
}

const rollbackOf = (
  state: EnvironmentState,
  { at, reason }: Outcome,
  release: string | null,
  restored: string | null,
): RollbackSignal => ({
  ...{ action: 'rollback', timestamp: isoInstant(at), reason },
  ...{ previous_version_restored: isLive(state, restored), release, restored },
});

const isLive = (state: EnvironmentState, release: string | null): boolean =>
  release !== null && state.stable?.id === release && trafficOf(state, release) === 100;
