import { errorOf } from '../../files/testing/scratch-folder';
import { ensureWorktree, type Worktree, type WorktreeRequest } from '../worktree';
import { sh } from './scratch-repository';

export const key = { phase: 6, task: 1 };
export const branch = 'feature/phase-6-task-1';

type More = Partial<WorktreeRequest>;

export const ensure = (root: string, commit = 'HEAD', more: More = {}): Promise<Worktree> =>
  ensureWorktree({ root, commit, ...key, ...more });

export const refusal = (root: string, commit = 'HEAD', more: More = {}) => errorOf(ensure(root, commit, more));

export const headOf = (checkout: string): string => sh(checkout, 'rev-parse', 'HEAD');
export const branchOf = (checkout: string): string => sh(checkout, 'rev-parse', '--abbrev-ref', 'HEAD');
export const statusOf = (checkout: string): string => sh(checkout, 'status', '--porcelain', '--untracked-files=all');

/** Commit, branch and changes of a worktree: for a whole one, the wanted commit, the deployment branch and nothing. */
export const wholeOf = (path: string) => ({ head: headOf(path), branch: branchOf(path), changes: statusOf(path) });
export const whole = (head: string) => ({ head, branch, changes: '' });
