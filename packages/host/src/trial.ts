import type { ReleaseStore, Workload } from '@sluice/core';
import { sluiceError } from '@sluice/core';
import { urlOf } from './address';
import { systemClock } from './controller/system-clock';
import { createSupervisor } from './supervisor/supervisor';
import type { Usage } from './supervisor/usage';

export interface Trial {
  /** Where the first instance answers. */
  url: string;
  usage(): Promise<Usage>;
  /** Ends the instances. */
  stop(): Promise<void>;
}

/**
 * Starts a release beside everything that is live, without a route, as the host would run it. Rejects with
 * `RELEASE_NOT_STARTED` and the instance's last lines when it does not become healthy; nothing is left running then.
 */
export async function startTrial(
  dir: string,
  releases: ReleaseStore,
  workload: Workload,
  signal: AbortSignal,
): Promise<Trial> {
  const supervisor = createSupervisor({ dir, releases, clock: systemClock, onChange: () => undefined });
  const never = new AbortController().signal;
  const stop = async () => {
    await supervisor.stop(workload, never);
    await supervisor.shutdown();
  };
  try {
    const answer = await supervisor.start(workload, signal);
    const first = supervisor.endpoints(workload)[0];
    if (answer.ok && first) {
      return { url: urlOf(first), usage: () => supervisor.usage(workload), stop };
    }
    throw sluiceError('RELEASE_NOT_STARTED', { reason: answer.reason });
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}
