import type { DeployRequest } from '../protocol';
import type { Rollouts } from './rollouts';

/** A completion signal says what is live: one of an earlier deployment must not be read as this one's. */
export function withoutStaleSignals(
  rollouts: Rollouts,
  forget: (project: string, worktree: string | null) => Promise<void>,
): Rollouts {
  return {
    ...rollouts,
    async deploy(request: DeployRequest) {
      const accepted = await rollouts.deploy(request);
      if (accepted.how === 'started') await forget(request.project, request.place.worktree);
      return accepted;
    },
    async takeDown(request) {
      const accepted = await rollouts.takeDown(request);
      if (request.environment === 'production') await forget(request.project, null);
      return accepted;
    },
  };
}
