import { awaitsMerge, isSettled, nameOf } from '@sluice/core';
import { isRunning } from '../processes/named-process';
import { listStates } from './deployment';
import { createRunRecords, type RunRecord } from './run-records';
import { createStateStore } from './state';

/** What is unfinished in a worktree: a run of nx, or a rollout that the host drives. */
export interface WorktreeUse {
  worktree: string;
  /** The full id of the commit that it needs there. */
  commit: string;
  project: string;
  /** `the rollout of 1a2b3c to production`, `the run of process 4711`. */
  by: string;
  /** The processes of a run that live; none of a rollout, which needs none. */
  processes: number[];
}

/** Everything that is unfinished in the worktrees of a repository. Rejects where a record or state can't be read. */
export async function listWorktreeUses(root: string): Promise<WorktreeUse[]> {
  const runs = (await createRunRecords(root).all()).flatMap(useOfRun);
  return [...runs, ...(await rolloutsOf(root))];
}

function useOfRun({ worktree, commit, project, processes }: RunRecord): WorktreeUse[] {
  const alive = processes.filter(isRunning).map(({ pid }) => pid);
  const [first] = alive;
  return first === undefined
    ? []
    : [{ worktree, commit, project, by: `the run of process ${first}`, processes: alive }];
}

async function rolloutsOf(root: string): Promise<WorktreeUse[]> {
  const store = createStateStore(root);
  const uses: WorktreeUse[] = [];
  for (const { project, environment } of await listStates(root)) {
    const state = await store.load(project, environment);
    const plan = state?.rollout?.plan;
    if (!state || !plan?.place || (isSettled(state) && !awaitsMerge(state))) continue;
    const { worktree } = plan.place;
    const by = `the rollout of ${nameOf(plan.release)} to ${environment}`;
    uses.push({ worktree, commit: plan.release.commit, project, by, processes: [] });
  }
  return uses;
}
