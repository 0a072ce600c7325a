import { deploymentReport, type EnvironmentName, type EnvironmentState, type StageName } from '@sluice/core';
import { createDeploymentFiles, createStateStore } from '@sluice/adapters/files';
import { access } from 'node:fs/promises';
import type { Ground } from './ground';

/** The report of a deployment that ended before a rollout did: no completion signal of an earlier one may stand beside it. */
export async function writeFailureReport(
  ground: Ground,
  stage: StageName,
  reasons: string[],
  commit: string,
): Promise<void> {
  await access(ground.worktree);
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
  await files.writeReport(ground.worktree, ground.project, report);
  await files.writeSignal(ground.worktree, ground.project, null);
}
