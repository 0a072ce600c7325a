import { stageOf, type StageName } from '@sluice/core';
import { createDeploymentFiles, createHandled, readPhase5In } from '@sluice/adapters/files';
import { nameProcess } from '@sluice/adapters/processes';
import type { Config } from '@sluice/core';
import { runsTarget, type Ground } from './ground';
import { nxProcess } from './nx-process';

const deploying: readonly StageName[] = ['staging', 'canary', 'production'];

/**
 * A run that deploys begins: what is told of earlier ones goes, for every project of the run, and the signal of phase 5 that it
 * may answer is noted. `nx` is the process that the whole run lives in.
 */
export async function beginDeployment(
  ground: Ground,
  config: Config,
  worktree: string,
  nx: number = nxProcess(process.env, process.ppid),
): Promise<void> {
  const { root, project, head } = ground;
  if (!deploying.some((stage) => runsTarget(ground, stageOf(stage).target))) return;
  const at = Date.now();
  const run = nameProcess(nx) ?? nameProcess(process.pid); // nx may have been killed by now
  const projects = [...new Set([project, ...deployedWith(ground)])];
  await createDeploymentFiles(root).beginSignals(worktree, projects, { commit: head, at, process: run });
  if (!runsTarget(ground, stageOf('production').target)) return;
  const { digest } = await readPhase5In(root, worktree, config.pipeline.minScore);
  if (digest === null) return;
  const handled = createHandled(root);
  const before = await handled.read(project);
  const release = before?.signal === digest ? before.release : null;
  await handled.write(project, { signal: digest, startedAt: at, commit: head, process: run, release, failure: null });
}

/** All projects that this run takes to an environment. */
const deployedWith = ({ context }: Ground): string[] => {
  const targets = deploying.map((stage) => stageOf(stage).target);
  return Object.values(context.taskGraph?.tasks ?? {})
    .filter(({ target }) => targets.includes(target.target))
    .map(({ target }) => target.project)
    .sort();
};
