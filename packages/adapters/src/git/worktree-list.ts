import { git } from './run';

/** One row of `git worktree list`; the first is the main checkout. `head` is a full id, `branch` without `refs/heads/`. */
export interface WorktreeEntry {
  path: string;
  head: string;
  /** `null` when no branch is checked out. */
  branch: string | null;
  locked: boolean;
}

export async function listWorktrees(root: string): Promise<WorktreeEntry[]> {
  const output = await git(root, 'worktree', 'list', '--porcelain');
  return output.trim().split(/\n\n+/).map(parseEntry);
}

function parseEntry(block: string): WorktreeEntry {
  const lines = block.split('\n');
  const valueOf = (key: string) => lines.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1);
  return {
    path: valueOf('worktree') ?? '',
    head: valueOf('HEAD') ?? '',
    branch: valueOf('branch')?.replace(/^refs\/heads\//, '') ?? null,
    locked: lines.some((line) => /^locked\b/.test(line)),
  };
}

/** Forgets a worktree whose folder is gone; git's own `prune` would also forget those of others. */
export async function forgetWorktree(root: string, path: string): Promise<void> {
  await git(root, 'worktree', 'remove', '--force', '--force', path);
}
