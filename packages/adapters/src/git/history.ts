import { copyFile, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { hasCode } from '../durable/durable-file';
import { isThere } from '../durable/is-there';
import { historyFolder, isOwnFile } from '../files/paths';
import { listDirt } from './changes';
import { git, partsOf } from './run';

/** What was moved out of a worktree: paths from its top, and the folder that holds it now. */
export interface Moved {
  moved: string[];
  history: string;
}

/** Of each worktree the newest are kept. */
const kept = 20;

const places = ['.taskmaster', '.sluice', 'logs'];

/**
 * Moves what the pipeline wrote into a checkout to `<root>/.sluice/history/<worktree>/<time>-<commit>/`, ignored files
 * too, and those of `written` that are changed. What belongs to the commit that is checked out, and is as it was
 * committed, stays. `null` when there is nothing to move.
 */
export async function moveToHistory(
  root: string,
  checkout: string,
  head: string,
  written: readonly string[],
): Promise<Moved | null> {
  const own = (await Promise.all(places.map((place) => filesIn(checkout, place)))).flat().filter(isOwnFile);
  const tracked = own.length === 0 ? [] : partsOf(await git(checkout, 'ls-files', '-z', '--', ...places));
  const changed = await listDirt(checkout, [...places, ...written]);
  const isOfCommit = new Set(tracked.filter((path) => !changed.includes(path)));
  const others = changed.filter((path) => written.includes(path) && !own.includes(path));
  return moveAll(root, checkout, head, [...own.filter((path) => !isOfCommit.has(path)), ...others].sort());
}

/** The same for those of `written` alone, which are as they were committed afterwards. */
export async function moveWritten(
  root: string,
  checkout: string,
  head: string,
  written: readonly string[],
): Promise<Moved | null> {
  if (written.length === 0) return null;
  const changed = (await listDirt(checkout, written)).filter((path) => written.includes(path));
  if (changed.length === 0) return null;
  const moved = await moveAll(root, checkout, head, changed);
  await git(checkout, 'reset', '--quiet', '--', ...changed);
  const tracked = partsOf(await git(checkout, 'ls-files', '-z', '--', ...changed));
  if (tracked.length > 0) await git(checkout, 'checkout-index', '--force', '--quiet', '--', ...tracked);
  return moved;
}

/** Deleted files are not there to be moved. */
async function moveAll(root: string, checkout: string, head: string, paths: readonly string[]): Promise<Moved | null> {
  const isLeft = await Promise.all(paths.map((path) => isThere(join(checkout, path))));
  const moved = paths.filter((_, n) => isLeft[n]);
  if (moved.length === 0) return null;
  const history = await makeHistoryFolder(root, basename(checkout), head);
  for (const path of moved) await move(join(checkout, path), join(history, path));
  return { moved, history };
}

/**
 * Moves a folder that holds nothing but what the pipeline writes, as one is left where a report was written after the worktree
 * was deleted, to the history as a whole. Gives whether it was one.
 */
export async function moveRemains(root: string, folder: string): Promise<boolean> {
  const files = await filesIn(folder, '.');
  if (files.length === 0 || !files.every(isOwnFile)) return false;
  const history = await makeHistoryFolder(root, basename(folder), 'remains');
  for (const path of files) await move(join(folder, path), join(history, path));
  await rm(folder, { recursive: true });
  return true;
}

/** Paths of the files below a folder of the checkout; none when it is not there or leads elsewhere. */
async function filesIn(checkout: string, place: string): Promise<string[]> {
  const folder = join(checkout, place);
  const stats = await lstat(folder).catch(() => null);
  if (!stats?.isDirectory()) return [];
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(checkout, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));
}

async function makeHistoryFolder(root: string, worktree: string, head: string): Promise<string> {
  const place = join(historyFolder(root), worktree);
  await mkdir(place, { recursive: true });
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const name = `${time}-${head.slice(0, 12)}`;
  for (let n = 1; ; n++) {
    const folder = join(place, n === 1 ? name : `${name}-${n}`);
    try {
      await mkdir(folder);
      await forgetOldest(place);
      return folder;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
  }
}

/** Their names begin with their times. */
async function forgetOldest(place: string): Promise<void> {
  const names = (await readdir(place)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  for (const name of names.slice(0, -kept)) await rm(join(place, name), { recursive: true, force: true });
}

async function move(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to).catch(async (error: unknown) => {
    if (!hasCode(error, 'EXDEV')) throw error; // the worktrees are on a disk of their own
    await copyFile(from, to);
    await rm(from);
  });
}
