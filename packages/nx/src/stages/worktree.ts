import { awaitsMerge, nameOf, pipeline, sluiceError } from '@sluice/core';
import { createReceiptStore, createStateStore, listStates, worktreeKeyOf, worktreeName } from '@sluice/adapters/files';
import { installDependencies } from '@sluice/adapters/dependencies';
import { ensureWorktree, listChanges, resolveCommit } from '@sluice/adapters/git';
import type { WorktreeOptions } from '../options';
import { beginDeployment } from '../stage/beginning';
import { sayNested } from '../stage/say';
import { tenancyOf } from '../stage/tenancy';
import type { StageResult, StageRun } from '../stage/run-stage';

/**
 * Makes or adopts the isolated worktree at the commit that is being deployed; refuses a tree with changes. Gives the
 * worktree's path too.
 */
export async function worktree(run: StageRun, options: WorktreeOptions = {}): Promise<StageResult & { path: string }> {
  const { root, checkout, head, project, config, say } = run;
  const commit = options.commit === undefined ? head : await resolveCommit(checkout, options.commit);
  const files = commit === head && checkout !== run.worktree ? await listChanges(checkout) : [];
  if (files.length) throw sluiceError('TREE_DIRTY', { folder: checkout, files });
  const key = { phase: options.phase ?? config.worktree.phase, task: options.task ?? config.worktree.task };
  refuseElsewhere(run, options);
  await finishMerges(run, commit);
  const { versionFiles } = config;
  const tenancy = tenancyOf(run, worktreeName(key), versionFiles, (path, why) => say(`${path} is not free: ${why}`));
  const { path, branch, created, history } = await ensureWorktree({
    ...{ root, commit, from: checkout, ...key, files: versionFiles, tenancy },
  });
  // pure stages leave theirs to Nx, which puts back what fits; those of deploying stages would be of an earlier run
  const deploying = pipeline.filter(({ kind }) => kind !== 'pure').map(({ name }) => name);
  await createReceiptStore(checkout, () => '').forget(project, deploying);
  await beginDeployment(run, config, path);
  const at = commit.slice(0, 12);
  say(`${created ? 'created' : 'adopted'} ${path} on ${branch} at ${at}`);
  if (history !== null) say(`what an earlier deployment wrote there is in ${history}`);
  const { signal } = run;
  const where = { folder: path, root, policy: config.worktree.install, isRunning: path === checkout };
  await installDependencies({ ...where, signal, say, onLine: sayNested });
  const next = commit === head ? [] : [`deploy this commit from there: cd ${path} && nx run ${project}:deploy-prod`];
  return { verdict: 'pass', reasons: [`${branch} is at ${at}`], produced: { commit }, next, path };
}

/** Inside a deployment worktree that one is used: asked for another, the run would do something else than it says. */
function refuseElsewhere({ checkout, worktree: here }: StageRun, { phase, task }: WorktreeOptions): void {
  const key = here === checkout ? worktreeKeyOf(here) : null;
  const wanted = key && worktreeName({ phase: phase ?? key.phase, task: task ?? key.task });
  if (key === null || wanted === null || wanted === worktreeName(key)) return;
  throw sluiceError('WORKTREE_WRONG', {
    folder: checkout,
    problems: [`it is ${worktreeName(key)}, and ${wanted} is wanted: run this in the main checkout`],
  });
}

/** What an earlier deployment has written there is merged before the worktree moves; a host that was ended goes on with that. */
async function finishMerges({ root, worktree: path, signal, say }: StageRun, commit: string): Promise<void> {
  const store = createStateStore(root);
  for (const { project, environment } of await listStates(root)) {
    const state = await store.load(project, environment);
    const plan = state?.rollout?.plan;
    if (!state || !awaitsMerge(state) || plan?.place?.worktree !== path || plan.merge.commit === commit) continue;
    say(`the deployment of ${nameOf(plan.release)} is merged first`);
    const { connectHost } = await import('@sluice/host/client');
    const host = await connectHost(root);
    const told = await host.follow(
      project,
      environment,
      () => undefined,
      (now) => !awaitsMerge(now),
      signal,
    );
    say(told.rollout?.merge?.reason ?? 'another deployment has taken its place');
  }
}
