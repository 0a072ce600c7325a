import { quoted } from './error-catalogue-instances';
import type { Row } from './error-catalogue';

const row = <D>(what: Row<D>['what'], mend: Row<D>['mend']): Row<D> => ({ what, mend });

/** The part of the catalogue about the worktrees that deployments work in. */
export const worktreeErrors = {
  RUN_IN_PROGRESS: row<{ project: string; pid: number; checkout: string; worktree: string; commit: string }>(
    (d) =>
      `A run of ${d.project} from ${d.checkout} is under way (process ${d.pid}): it deploys ${d.commit.slice(0, 12)} in ${d.worktree}.`,
    () => 'Wait until it has ended, or start this one in a worktree of its own.',
  ),
  RUN_RECORD_INVALID: row<{ file: string; problem: string }>(
    (d) => `${d.file} does not say which run works in which worktree: ${d.problem}.`,
    () => 'Delete it when no run of nx is under way, then run again.',
  ),
  WORKTREE_WRONG: row<{ folder: string; problems: string[] }>(
    (d) => `${d.folder} is not the place to deploy from:\n${d.problems.map((problem) => `  - ${problem}`).join('\n')}`,
    () => 'Make or adopt the worktree with deploy-worktree, which prints its path last, and work there.',
  ),
  WORKTREE_NOT_INSTALLED: row<{ folder: string; command: string; how: string; lines: readonly string[] }>(
    (d) =>
      `The packages of the worktree ${d.folder} could not be installed: ${d.command} ended with ${d.how}.\n${quoted(d.lines)}`,
    () =>
      'Check that the lockfile fits package.json and that the command is there, or set worktree.install in sluice.json.',
  ),
} as const;
