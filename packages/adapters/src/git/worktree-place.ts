import { lstat, readFile, readdir, rm, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sluiceError, type SluiceError } from '@sluice/core';
import { moveRemains } from './history';
import { locate } from './repository';
import { git } from './run';
import { forgetWorktree, listWorktrees, type WorktreeEntry } from './worktree-list';

export const occupied = (path: string, by: string, mend: string): SluiceError =>
  sluiceError('WORKTREE_OCCUPIED', { path, by, mend });

/** A worktree that is ours: how it is registered, and git's folder of it. */
export interface Place extends WorktreeEntry {
  gitFolder: string;
}

/**
 * The worktree that is registered at `path`, or `null` when the path is free for one. Mends what can be mended without
 * losing anything: registrations whose folder is gone, a worktree that was never filled, reports written where it was, links
 * that broke when the repository was moved. Rejects with `WORKTREE_OCCUPIED` for anything else that is there.
 */
export async function clearPlace(root: string, commonFolder: string, path: string): Promise<Place | null> {
  const found = await lookAt(path);
  if (found.kind === 'other') throw occupied(path, `${found.what} is there`, moveAway(path));
  const registered = await entryAt(root, path);
  if (found.kind === 'nothing') {
    if (registered) await forgetWorktree(root, path);
    return null;
  }
  if (found.names.length === 0 || (registered && found.names.join() === '.git')) {
    await rm(join(path, '.git'), { force: true });
    await rmdir(path);
    if (registered) await forgetWorktree(root, path);
    return null;
  }
  const place = await placeAt(root, commonFolder, path);
  if (place) return place;
  if (!found.names.includes('.git') && (await moveRemains(root, path))) return clearPlace(root, commonFolder, path);
  if (await repair(root, commonFolder, path)) return clearPlace(root, commonFolder, path);
  throw occupied(path, await describeFolder(path), moveAway(path));
}

/** The worktree of this repository that is registered at `path`, as it is; `null` for anything else that is there. */
export async function placeAt(root: string, commonFolder: string, path: string): Promise<Place | null> {
  if ((await lookAt(path)).kind !== 'folder') return null; // git looks through a link
  const registered = await entryAt(root, path);
  const gitFolder = registered && (await gitFolderAt(commonFolder, path));
  return gitFolder ? { ...registered, gitFolder } : null;
}

/** Frees the branch from a worktree elsewhere whose folder is gone; rejects with `WORKTREE_OCCUPIED` when it is in use. */
export async function clearBranch(root: string, path: string, branch: string): Promise<void> {
  const holder = (await listWorktrees(root)).find((entry) => entry.branch === branch && entry.path !== path);
  if (!holder) return;
  const gone = (await lookAt(holder.path)).kind === 'nothing';
  // a locked one may be on a disk that is away
  if (!gone || holder.locked) {
    const mend = gone
      ? `If that folder is gone for good: git worktree unlock ${holder.path}`
      : `Check out another branch there: git -C ${holder.path} switch BRANCH`;
    throw occupied(path, `its branch ${branch} is checked out in ${holder.path}`, mend);
  }
  await forgetWorktree(root, holder.path);
}

const moveAway = (path: string): string => `Nothing was changed. Move it away, then run again: mv ${path} ${path}.away`;

type Found = { kind: 'nothing' } | { kind: 'folder'; names: string[] } | { kind: 'other'; what: string };

async function lookAt(path: string): Promise<Found> {
  const stats = await lstat(path).catch(() => null);
  if (!stats) return { kind: 'nothing' };
  if (stats.isDirectory()) return { kind: 'folder', names: await readdir(path) };
  return { kind: 'other', what: stats.isSymbolicLink() ? 'a symbolic link' : 'a file' };
}

const entryAt = async (root: string, path: string): Promise<WorktreeEntry | null> =>
  (await listWorktrees(root)).find((entry) => entry.path === path) ?? null;

/** Git's folder of a checkout of this repository; `null` for any other, and for a folder inside one. */
async function gitFolderAt(commonFolder: string, path: string): Promise<string | null> {
  const stats = await lstat(join(path, '.git')).catch(() => null);
  if (!stats?.isFile()) return null;
  const found = await locate(path).catch(() => null);
  return found?.commonFolder === commonFolder ? found.gitFolder : null;
}

/**
 * Links a worktree again whose `.git` leads nowhere, for the repository was moved with it. One whose `.git` leads to another
 * repository is left alone: git's `repair` would take it away from that one.
 */
async function repair(root: string, commonFolder: string, path: string): Promise<boolean> {
  const text = await readFile(join(path, '.git'), 'utf8').catch(() => '');
  const target = /^gitdir: (.+)$/m.exec(text)?.[1];
  if (target === undefined || (await lookAt(target)).kind !== 'nothing') return false;
  const record = join(commonFolder, 'worktrees', basename(target));
  const claimed = (await readFile(join(record, 'gitdir'), 'utf8').catch(() => '')).trim();
  if (claimed === '' || (await lookAt(claimed)).kind !== 'nothing') return false;
  await git(root, 'worktree', 'repair', path);
  return (await gitFolderAt(commonFolder, path)) !== null;
}

async function describeFolder(path: string): Promise<string> {
  const stats = await lstat(join(path, '.git')).catch(() => null);
  if (stats?.isDirectory()) return 'a git repository of its own is there';
  return stats ? 'a worktree of another repository is there' : 'a folder that is no worktree is there';
}
