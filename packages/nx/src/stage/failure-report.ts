import { deploymentReport, type EnvironmentName, type EnvironmentState, type StageName } from '@sluice/core';
import { createDeploymentFiles, createStateStore, listWorktreeUses } from '@sluice/adapters/files';
import { isDeploymentWorktree } from '@sluice/adapters/git';
import { lstat } from 'node:fs/promises';
import type { Ground } from './ground';

/**
 * The report of a deployment that ended before a rollout did: no completion signal of an earlier one may stand beside it. It
 * is written into the worktree, or beside the main checkout's signal where the worktree is not this run's.
 */
export async function writeFailureReport(
  ground: Ground,
  stage: StageName,
  reasons: string[],
  commit: string,
): Promise<void> {
  await lstat(ground.worktree); // before there is one, a run was merely not begun
  const place = (await isOurs(ground, commit)) ? ground.worktree : ground.root;
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

/** A run inside a deployment worktree uses that as it is; what another commit has unfinished there is none of ours. */
async function isOurs({ root, checkout, worktree }: Ground, commit: string): Promise<boolean> {
  if (worktree === checkout) return true;
  const uses = await listWorktreeUses(root);
  if (uses.some((use) => use.worktree === worktree && use.commit !== commit)) return false;
  return isDeploymentWorktree(root, worktree);
}
