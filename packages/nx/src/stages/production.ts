import type { StageResult, StageRun } from '../stage/run-stage';
import { needRelease, resultOf, travel } from './rollout';

/** Takes the release from its canary to all of production, and verifies it there. */
export async function production(run: StageRun): Promise<StageResult> {
  const release = needRelease(run);
  const continues = run.evidence?.receipts.canary?.figures['generation'];
  const journey = { environment: 'production', goal: 'production', continues, until: () => false } as const;
  const state = await travel(run, release, journey);
  return resultOf(run, state, release);
}
