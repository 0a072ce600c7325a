import type { StageResult, StageRun } from '../stage/run-stage';
import { needRelease, resultOf, travel } from './rollout';

/** Takes the release from its canary to all of production, and verifies it there. */
export async function production(run: StageRun): Promise<StageResult> {
  const release = needRelease(run);
  const state = await travel(run, release, { environment: 'production', goal: 'production', until: () => false });
  return resultOf(state, release);
}
