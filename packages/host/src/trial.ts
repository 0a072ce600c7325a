import {
  sluiceError,
  type EnvironmentName,
  type EnvironmentRuntime,
  type ReleaseStore,
  type Workload,
} from '@sluice/core';
import { urlOf } from './address';
import { systemClock } from './controller/system-clock';
import { readSecrets } from './supervisor/secret-files';
import { createSupervisor } from './supervisor/supervisor';
import { findUser } from './supervisor/system-user';
import type { Usage } from './supervisor/usage';

export interface Trial {
  /** Where the first instance answers. */
  url: string;
  usage(): Promise<Usage>;
  /** Ends the instances. */
  stop(): Promise<void>;
}

/** Where things are: the folder of what is kept of the trial, and the main checkout, which no secret may lie in. */
export interface TrialPlace {
  dir: string;
  repository: string;
}

/**
 * Whether this machine has what a release needs in an environment. Rejects with `SECRET_UNREADABLE` and
 * `USER_UNAVAILABLE`, as its start would.
 */
export async function requireMachine(
  { user, ...sources }: EnvironmentRuntime,
  environment: EnvironmentName,
  repository: string,
): Promise<void> {
  if (user !== undefined) findUser(user);
  await readSecrets(sources, environment, repository);
}

/**
 * Starts a release beside everything that is live, without a route, as the host would run it. Rejects with
 * `RELEASE_NOT_STARTED` and the instance's last lines when it does not become healthy; nothing is left running then.
 * `beforeStart` is run, for the release may need it to start; `afterStop` is not.
 */
export async function startTrial(
  { dir, repository }: TrialPlace,
  releases: ReleaseStore,
  workload: Workload,
  signal: AbortSignal,
): Promise<Trial> {
  const supervisor = createSupervisor({
    ...{ dir, releases, repository, clock: systemClock, isTrial: true },
    onChange: () => undefined,
  });
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
