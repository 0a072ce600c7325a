import { isoInstant } from '../instant';
import type { EnvironmentState } from '../rollout/model';
import { knownOutcome, trafficOf } from './standing';

/** `.taskmaster/.signals/phase6-complete.json`. The first four keys are fixed, others may follow them. */
export interface CompletionSignal {
  phase: 6;
  status: 'success';
  summary: { deployed_to: 'production'; traffic: number; health: 'green' | 'unknown'; rollbacks: number };
  pipeline_complete: boolean;
  /** ISO 8601, UTC. */
  completed_at: string;
  release: string;
  duration_minutes: number;
  /** The end of the audit log as the signal was written. */
  audit: EnvironmentState['audit'];
}

/**
 * The signal of a production deployment that is done and still live, the same however often it is asked for; `null` for
 * anything else: a deployment that failed, was rolled back, or is staging's, gives none.
 */
export function completionSignal(state: EnvironmentState): CompletionSignal | null {
  const { rollout, stable } = state;
  if (!rollout || state.environment !== 'production' || rollout.plan.kind !== 'deploy') return null;
  const outcome = knownOutcome(rollout);
  const release = rollout.plan.release.id;
  if (outcome?.result !== 'done' || stable?.id !== release) return null;
  const isVerified = rollout.verification?.gate.verdict === 'pass';
  const traffic = trafficOf(state, release);
  return {
    phase: 6,
    status: 'success',
    // a rollout that went back is never `done`, so one that is went back no time
    summary: { deployed_to: 'production', traffic, health: isVerified ? 'green' : 'unknown', rollbacks: 0 },
    pipeline_complete: isVerified && traffic === 100,
    completed_at: isoInstant(outcome.at),
    release,
    duration_minutes: Math.round((outcome.at - rollout.startedAt) / 6_000) / 10,
    audit: state.audit,
  };
}
