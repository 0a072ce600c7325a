import { isSettled, outcomeSignals } from '@sluice/core';
import { createDeploymentFiles, readTask } from '@sluice/adapters/files';
import type { StageResult, StageRun } from '../stage/run-stage';
import { needRelease, resultOf, travel } from './rollout';

/** Takes the release from its canary to all of production, and verifies it there. */
export async function production(run: StageRun): Promise<StageResult> {
  const release = needRelease(run);
  const continues = run.evidence?.receipts.canary?.figures['generation'];
  const journey = { environment: 'production', goal: 'production', continues, until: () => false } as const;
  const state = await travel(run, release, journey);
  if (isSettled(state) && state.rollout?.plan.release.id === release.id) {
    // the run took earlier signals away, and a release that was live already gets none of the host
    const signals = outcomeSignals(state);
    const files = createDeploymentFiles(run.root);
    if (signals && !(await files.isTold(run.project))) await files.writeSignals(run.worktree, run.project, signals);
  }
  await sayTask(run);
  return resultOf(run, state, release);
}

/** How the task of the pipeline around stands, or what is the matter with its file; nothing without one. */
async function sayTask({ root, config, say }: StageRun): Promise<void> {
  const found = await readTask(root, String(config.pipeline.task));
  if (found)
    say('problem' in found ? `no task was set: ${found.problem}` : `task ${found.task.id} is ${found.task.status}`);
}
