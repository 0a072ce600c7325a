import {
  deploymentReport,
  noSignals,
  outcomeSignals,
  stageError,
  type EnvironmentName,
  type EnvironmentState,
  type StageName,
} from '@sluice/core';
import { createDeploymentFiles, createHandled, createStateStore, listWorktreeUses } from '@sluice/adapters/files';
import { isDeploymentWorktree } from '@sluice/adapters/git';
import { lstat } from 'node:fs/promises';
import type { Ground } from './ground';

/** How a stage failed. */
export interface Failure {
  stage: StageName;
  reasons: string[];
  /** The code of the error; `null` where the stage came to the verdict itself. */
  code: string | null;
  commit: string;
  /** What was to be deployed, where that was known already. */
  release: string | null;
}

/**
 * The report and the error signal of a deployment that ended before a rollout did: no completion signal of an earlier one may
 * stand beside it. They are written into the worktree, or beside the main checkout's where something else is in the worktree's
 * place. Before there is a worktree, a run was merely not begun: then there is a signal, and no report.
 */
export async function writeFailureReport(ground: Ground, failure: Failure): Promise<void> {
  const { root, project } = ground;
  const { stage, reasons, commit } = failure;
  const store = createStateStore(root);
  const files = createDeploymentFiles(root);
  const stateOf = (environment: EnvironmentName): Promise<EnvironmentState | null> =>
    store.load(project, environment).catch(() => null);
  const states = { staging: await stateOf('staging'), production: await stateOf('production') };
  const isThere = await lstat(ground.worktree).then(
    () => true,
    () => false,
  );
  const place = isThere && (await isOurs(ground, commit)) ? ground.worktree : root;
  await createHandled(root).amend(project, { failure: { stage, reason: reasons.join('; ') } });
  await files.writeSignals(place, project, signalsOf(failure, states));
  if (!isThere) return;
  const report = deploymentReport({
    ...{ project, commit, states },
    receipts: await files.receipts(ground.checkout, project),
    failure: { stage, reasons },
    now: Date.now(),
  });
  await files.writeReport(place, project, report);
}

/** A stage that failed by the outcome of its rollout tells that: whether traffic is back is known there. */
function signalsOf(
  { stage, reasons, code, release }: Failure,
  states: Record<EnvironmentName, EnvironmentState | null>,
) {
  const state = states[stage === 'staging' ? 'staging' : 'production'];
  const isOfRollout = code === null && ['staging', 'canary', 'production'].includes(stage);
  const told = state?.rollout?.plan.release.id === release && isOfRollout ? outcomeSignals(state) : null;
  if (told?.error) return told;
  const message = `${stage}: ${reasons.join('; ')}`;
  return { ...noSignals, error: stageError(stage, { type: code ?? 'STAGE_FAILED', message, at: Date.now(), release }) };
}

/** A run inside a deployment worktree uses that as it is; what another commit has unfinished there is none of ours. */
async function isOurs({ root, checkout, worktree }: Ground, commit: string): Promise<boolean> {
  if (worktree === checkout) return true;
  const uses = await listWorktreeUses(root);
  if (uses.some((use) => use.worktree === worktree && use.commit !== commit)) return false;
  return isDeploymentWorktree(root, worktree);
}
