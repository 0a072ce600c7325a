import { formatInstant, isSettled, nameOf, pipeline, sluiceError } from '@sluice/core';
import { createReceiptStore, createStateStore, listStates } from '@sluice/adapters/files';
import { ensureWorktree, listChanges } from '@sluice/adapters/git';
import { beginDeployment } from '../stage/beginning';
import type { StageResult, StageRun } from '../stage/run-stage';
import { worktreeKey } from '../stage/ground';

/** Makes or adopts the isolated worktree at the commit that is being deployed; refuses a tree with changes. */
export async function worktree(run: StageRun): Promise<StageResult> {
  const { root, checkout, head, say } = run;
  const files = await listChanges(checkout);
  if (files.length) throw sluiceError('TREE_DIRTY', { folder: checkout, files });
  await refuseToMove(run);
  const { path, branch, created } = await ensureWorktree({ root, commit: head, from: checkout, ...worktreeKey });
  // pure stages leave theirs to Nx, which puts back what fits; those of deploying stages would be of an earlier run
  const deploying = pipeline.filter(({ kind }) => kind !== 'pure').map(({ name }) => name);
  await createReceiptStore(checkout, () => '').forget(run.project, deploying);
  await beginDeployment(run, run.config, path);
  say(`${created ? 'created' : 'adopted'} ${path} on ${branch} at ${head.slice(0, 12)}`);
  return { verdict: 'pass', reasons: [`${branch} is at ${head.slice(0, 12)}`], produced: { commit: head } };
}

/** A rollout that is under way still runs the smoke tests of its commit from there, and writes its report there. */
async function refuseToMove({ root, worktree: path, head }: StageRun): Promise<void> {
  const store = createStateStore(root);
  for (const { project, environment } of await listStates(root)) {
    const state = await store.load(project, environment);
    const plan = state?.rollout?.plan;
    if (!state?.rollout || !plan || isSettled(state) || plan.release.commit === head || plan.place?.worktree !== path)
      continue;
    throw sluiceError('ROLLOUT_IN_PROGRESS', {
      release: nameOf(plan.release),
      environment,
      by: plan.by,
      since: formatInstant(state.rollout.startedAt),
      command: `nx run ${project}:deploy-rollback`,
    });
  }
}
