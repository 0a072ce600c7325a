import type { DeployRequest, DownRequest } from '../protocol';
import type { Rollouts } from './rollouts';

/** What a deployment that begins, or an environment that is taken down, has to tell the pipeline around. */
export interface SignalActs {
  begin(request: DeployRequest): Promise<void>;
  forget(request: DownRequest): Promise<void>;
}

/** Signals say how the latest deployment went: those of an earlier one must not be read as this one's. */
export function withoutStaleSignals(rollouts: Rollouts, { begin, forget }: SignalActs): Rollouts {
  return {
    ...rollouts,
    async deploy(request: DeployRequest) {
      const accepted = await rollouts.deploy(request);
      if (accepted.how === 'started') await begin(request);
      return accepted;
    },
    async takeDown(request) {
      const accepted = await rollouts.takeDown(request);
      if (request.environment === 'production') await forget(request);
      return accepted;
    },
  };
}
