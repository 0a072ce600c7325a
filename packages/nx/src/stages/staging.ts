import type { StageResult, StageRun } from '../stage/run-stage';
import { needRelease, resultOf, travel } from './rollout';

/** Deploys to staging and passes gate 1: deployed, smoke tests, logs without errors, monitoring healthy. */
export async function staging(run: StageRun): Promise<StageResult> {
  const release = needRelease(run);
  const state = await travel(run, release, { environment: 'staging', goal: 'production', until: () => false });
  return resultOf(run, state, release);
}
