import { askGit, git } from './run';
import type { WorktreeEntry } from './worktree-list';

/** What the deployment branch is to become: `branch` at `commit`. Ids are full. */
export interface BranchPlan {
  root: string;
  branch: string;
  commit: string;
}

const shown = 3;

/** The commit at which the pipeline itself put the branch last: kept with the branch, and deleted with it. */
const baseKey = (branch: string) => `branch.${branch}.sluicebase`;

export async function rememberBase({ root, branch, commit }: BranchPlan): Promise<void> {
  await git(root, 'config', '--local', '--replace-all', baseKey(branch), commit);
}

/**
 * The commits that moving the branch would lose, newest first, as `id subject`: those in no other branch, tag or worktree
 * and not before the commit where the pipeline put the branch (whoever amends a commit does not work on this branch).
 */
export async function commitsOfItsOwn(plan: BranchPlan, entries: readonly WorktreeEntry[]): Promise<string[]> {
  const { root, branch, commit } = plan;
  const base = await baseOf(root, branch);
  const kept = [commit, ...(base !== null && (await isCommit(root, base)) ? [base] : [])];
  return commitsOnlyOn(root, branch, entries, kept);
}

/** The commits of a branch that are in no other branch, tag or worktree and not before these, newest first, as `id subject`. */
export async function commitsOnlyOn(
  root: string,
  branch: string,
  entries: readonly WorktreeEntry[],
  kept: readonly string[] = [],
): Promise<string[]> {
  if (!(await isCommit(root, `refs/heads/${branch}`))) return [];
  const heads = entries
    .filter((entry) => entry.branch !== branch && /[1-9a-f]/.test(entry.head))
    .map(({ head }) => head);
  const others = ['--not', ...kept, ...heads, `--exclude=${branch}`, '--branches', '--remotes', '--tags'];
  const output = await git(root, 'log', '--no-show-signature', '--format=%h %s', `refs/heads/${branch}`, ...others);
  return output === '' ? [] : output.split('\n');
}

/** The commit where the pipeline itself put the branch last; `null` for a branch that it did not make. */
export async function baseOf(root: string, branch: string): Promise<string | null> {
  const { stdout } = await askGit(root, ['config', '--local', '--get', baseKey(branch)]);
  return stdout === '' ? null : stdout;
}

const isCommit = async (root: string, name: string): Promise<boolean> =>
  (await askGit(root, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`])).code === 0;

/** `2 commits of its own: 1a2b3c4 Fix this; 5d6e7f8 Fix that` */
export function describeCommits(commits: readonly string[]): string {
  const more = commits.length > shown ? ` and ${commits.length - shown} more` : '';
  const count = commits.length === 1 ? 'a commit' : `${commits.length} commits`;
  return `${count} of its own: ${commits.slice(0, shown).join('; ')}${more}`;
}

/** What to do about such commits: the branch may be moved as soon as another one holds them. */
export const keepCommits = (branch: string, commits: readonly string[], take: string): string =>
  `Keep ${commits.length === 1 ? 'it' : 'them'} on another branch: git branch NAME ${branch}. Or merge ${branch} into what you deploy. Or drop it: ${take}git branch -D ${branch}`;
