import { deploymentReport, type EnvironmentName, type EnvironmentState, type StageName } from '@sluice/core';
import { createDeploymentFiles, createStateStore } from '@sluice/adapters/files';
import { isDeploymentWorktree } from '@sluice/adapters/git';
import { lstat } from 'node:fs/promises';
import { worktreeKey, type Ground } from './ground';

/**
 * The report of a deployment that ended before a rollout did: no completion signal of an earlier one may stand beside it. It
 * is written into the worktree, or beside the main checkout's signal where something else is in the worktree's place.
 */
export async function writeFailureReport(
  ground: Ground,
  stage: StageName,
  reasons: string[],
  commit: string,
): Promise<void> {
  await lstat(ground.worktree); // before there is one, a run was merely not begun
  const place = (await isOurs(ground)) ? ground.worktree : ground.root;
  const store = createStateStore(ground.root);
  const files = createDeploymentFiles(ground.root);
  const stateOf = (environment: EnvironmentName): Promise<EnvironmentState | null> =>
    store.load(ground.project, environment).catch(() => null);
  const report = deploymentReport({
    project: ground.project,
    commit,
    states: { staging: await stateOf('staging'), production: await stateOf('production') },
    receipts: await files.receipts(ground.checkout, ground.project),
    failure: { stage, reasons },
    now: Date.now(),
  });
  await files.writeReport(place, ground.project, report);
  await files.writeSignal(place, ground.project, null);
}

/** A run inside a deployment worktree uses that as it is. */
const isOurs = async ({ root, checkout, worktree }: Ground): Promise<boolean> =>
  worktree === checkout || isDeploymentWorktree(root, worktree, worktreeKey);
