import type { Config } from '../config/schema';
import type { Act, EnvironmentState } from './model';
import { entered } from './journal';
import { isSettled } from './next';

/** What is done with the base branch after a deployment to production that is done. */
export interface MergePlan {
  how: Config['merge'];
  /** The branch that is merged into; `null` where none could be told. */
  base: string | null;
  /** The commit that the worktree held as it began; `null` where that is not known. */
  commit: string | null;
  /** What is committed besides report and signal; paths from the top of the workspace. */
  files: string[];
  /** The target that a merged tree is built with, where it is not what was deployed. */
  target: string;
  /** When the tree that is built gets packages of its own. */
  install: Config['worktree']['install'];
}

/** What came of the merge. It says nothing against the deployment. */
export interface MergeOutcome {
  /** `nothing`: there was nothing to merge. `waiting`: somebody has to do something first. */
  result: 'merged' | 'nothing' | 'waiting';
  reason: string;
  base: string | null;
  /** The merge commit. */
  commit: string | null;
  /** Where what is to be merged waits. */
  branch: string | null;
  /** The one command that takes it, or pushes it. */
  command: string | null;
  /** `null` where nobody asked for it. */
  pushed: boolean | null;
}

export const noMerge: MergePlan = {
  how: 'never',
  base: null,
  commit: null,
  files: [],
  target: 'build',
  install: 'auto',
};

/** Whether what a rollout wrote is to be merged at all: a deployment to production that is done and still live. */
export function isMergeable({ environment, rollout, stable }: EnvironmentState): boolean {
  if (!rollout || environment !== 'production' || rollout.plan.kind !== 'deploy') return false;
  const { plan, outcome } = rollout;
  return (
    plan.merge.how !== 'never' && plan.place !== null && outcome?.result === 'done' && stable?.id === plan.release.id
  );
}

/** Whether it is still to be merged: nobody has found out yet what comes of that. */
export const awaitsMerge = (state: EnvironmentState): boolean =>
  isSettled(state) && isMergeable(state) && state.rollout?.merge === null;

const words = { merged: 'merged', nothing: 'not merged', waiting: 'merge waits' } as const;

/** What came of the merge is in the audit log, even where another rollout has begun meanwhile. */
export function noteMerge(state: EnvironmentState, act: Extract<Act, { type: 'merged' }>): EnvironmentState {
  const { rollout } = state;
  const { merge, release, at } = act;
  const noted = rollout?.number === act.number ? { ...state, rollout: { ...rollout, merge } } : state;
  return entered(noted, [{ what: words[merge.result], detail: detailOf(merge), at, release }]);
}

const detailOf = ({ reason, command }: MergeOutcome): string => (command ? `${reason}; next: ${command}` : reason);
