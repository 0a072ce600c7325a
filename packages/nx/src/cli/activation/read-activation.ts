import { activationOf, type Activation, type Handled } from '@sluice/core';
import { createHandled, isUnderWay, readPhase5In, readTask } from '@sluice/adapters/files';
import { commandOf, readSettings, type Site } from '../../stage/ground';

/** Whether phase 6 of a project is to start, and what is known about it. */
export interface Found extends Activation {
  /** The digest of the signal of phase 5; `null` where there is none. */
  signal: string | null;
  /** What is deployed of the project at this moment. */
  underWay: string | null;
  /** What was made of the latest signal. */
  handled: Handled | null;
  /** What starts it. */
  command: string;
}

/** Rejects like `readSettings`. */
export async function readActivation(site: Site): Promise<Found> {
  const { root, checkout, worktree, project } = site;
  const { config } = await readSettings(site, checkout);
  const { minScore, task: id } = config.pipeline;
  const [phase5, task, handled] = await Promise.all([
    readPhase5In(root, worktree, minScore),
    readTask(root, String(id)),
    createHandled(root).read(project),
  ]);
  // a run that has failed may live on for its other projects
  const run = handled?.failure === null ? handled.process : null;
  const underWay = (await isUnderWay(root, project, run)) ? `a deployment of ${project} is under way` : null;
  const activation = activationOf({ phase5, task, handled, underWay });
  return { ...activation, signal: phase5.digest, underWay, handled, command: commandOf(site, 'deploy-prod') };
}
