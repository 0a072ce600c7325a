import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { worktreeKeyOf } from '../../files/paths';
import { branchIn, findRepository, locate } from '../repository';
import { git } from '../run';
import { listWorktrees } from '../worktree-list';

const ours = /^(feature\/phase-\d+-task-\d+$|sluice\/)/;
const usual = ['main', 'master', 'trunk', 'develop'];

/**
 * The branch that a deployment from this checkout belongs to: the one that is checked out there; for a deployment worktree,
 * the one of the main checkout. Where that is none (a detached HEAD), the one local branch that holds the commit, or a
 * usual one of several; else `null`.
 */
export async function findBase(checkout: string): Promise<string | null> {
  const { root, head, isWorktree } = await findRepository(checkout);
  const isDeployment = isWorktree && worktreeKeyOf(checkout) !== null;
  const here = await branchIn(isDeployment ? root : checkout);
  if (here !== null && !ours.test(here)) return here;
  const args = ['for-each-ref', '--format=%(refname:lstrip=2)', `--contains=${head}`, 'refs/heads'];
  const holding = (await git(root, ...args)).split('\n').filter((name) => name !== '' && !ours.test(name));
  if (holding.length === 1) return holding[0] ?? null;
  return usual.find((name) => holding.includes(name)) ?? null;
}

/** Where a branch is checked out, and why it must not move by itself where something is at work on it. */
export interface Holders {
  checkouts: string[];
  busy: string | null;
}

/** A checkout whose folder is gone holds nothing, unless it is locked: it may be on a disk that is away. */
export async function holdersOf(root: string, branch: string): Promise<Holders> {
  const { commonFolder } = await locate(root);
  const entries = (await listWorktrees(root)).filter((entry) => entry.branch === branch);
  const isThere = await Promise.all(entries.map(async ({ path, locked }) => locked || (await isFolder(path))));
  return {
    checkouts: entries.filter((_, n) => isThere[n]).map(({ path }) => path),
    busy: await workOn(commonFolder, branch),
  };
}

/** A rebase or bisection of the branch, during which its checkout has a detached HEAD. */
async function workOn(commonFolder: string, branch: string): Promise<string | null> {
  const names = await readdir(join(commonFolder, 'worktrees')).catch(() => []);
  const folders = [commonFolder, ...names.map((name) => join(commonFolder, 'worktrees', name))];
  const marks = [
    ['rebase-merge/head-name', 'a rebase'],
    ['rebase-apply/head-name', 'a rebase'],
    ['BISECT_START', 'a bisection'],
  ] as const;
  for (const folder of folders) {
    for (const [file, what] of marks) {
      const text = (await readFile(join(folder, file), 'utf8').catch(() => '')).trim();
      if (text !== '' && [branch, `refs/heads/${branch}`].includes(text)) return `${what} of ${branch} is under way`;
    }
  }
  return null;
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
