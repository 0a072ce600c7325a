import { isCleared, nameOf, summarise, type EnvironmentState, type StepRecord } from '@sluice/core';
import { createStateStore } from '@sluice/adapters/files';
import { runsTarget } from '../stage/ground';
import type { StageResult, StageRun } from '../stage/run-stage';
import { needRelease, resultOf, travel } from './rollout';

/** Gives the release its first share of production's traffic and passes gate 2. */
export async function canary(run: StageRun): Promise<StageResult> {
  const release = needRelease(run);
  const before = await createStateStore(run.root).load(run.project, 'production');
  if (!before?.stable) {
    return { verdict: 'skipped', reasons: ['first release: there is no baseline to compare a canary with'] };
  }
  const goal = runsTarget(run, 'deploy-prod') ? 'production' : 'canary';
  const state = await travel(run, release, { environment: 'production', goal, until: canaryPassed });
  const step = canaryStep(state);
  if (!canaryPassed(state) || !step || state.rollout?.plan.release.id !== release.id)
    return resultOf(run, state, release);
  const { requests, errorRate, p95 } = summarise(step.slots.filter((slot) => slot.release === release.id));
  return {
    verdict: 'pass',
    reasons: step.gate?.reasons ?? [`${nameOf(release)} passed gate 2`],
    figures: {
      generation: state.generation,
      traffic: step.traffic,
      requests,
      ...(errorRate === null ? {} : { errorRate }),
      ...(p95 === null ? {} : { p95Ms: p95 }),
    },
  };
}

const canaryStep = ({ rollout }: EnvironmentState): StepRecord | undefined =>
  rollout?.plan.steps[0]?.stage === 'canary' ? rollout.steps[0] : undefined;

/** Gate 2 was passed, or somebody let it through: the next step has begun, or the rollout waits for deploy-prod. */
function canaryPassed(state: EnvironmentState): boolean {
  const phase = state.rollout?.phase;
  const step = canaryStep(state);
  const waiting = phase?.name === 'watching' ? phase.waiting : null;
  const isWaiting = waiting !== null && waiting !== 'person';
  return step !== undefined && isCleared(step) && (isWaiting || step.until !== null);
}
