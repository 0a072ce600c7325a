import { copyFile, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { hasCode } from '../durable/durable-file';
import { historyFolder, isOwnFile } from '../files/paths';
import { listDirt } from './changes';
import { git, partsOf } from './run';

/** What was moved out of a worktree: paths from its top, and the folder that holds them now. */
export interface Moved {
  files: string[];
  folder: string;
}

const places = ['.taskmaster', '.sluice', 'logs'];

/**
 * Moves what the pipeline wrote into a checkout to `<root>/.sluice/history/<time>-<commit>/`, ignored files too. What
 * belongs to the commit that is checked out, and is as it was committed, stays. `null` when there is nothing to move.
 */
export async function moveToHistory(root: string, checkout: string, head: string): Promise<Moved | null> {
  const written = (await Promise.all(places.map((place) => filesIn(checkout, place)))).flat().filter(isOwnFile);
  if (written.length === 0) return null;
  const tracked = new Set(partsOf(await git(checkout, 'ls-files', '-z', '--', ...places)));
  const changed = new Set(await listDirt(checkout, places));
  const files = written.filter((path) => !tracked.has(path) || changed.has(path)).sort();
  if (files.length === 0) return null;
  const folder = await makeHistoryFolder(root, head);
  for (const path of files) await move(join(checkout, path), join(folder, path));
  return { files, folder };
}

/**
 * Moves a folder that holds nothing but what the pipeline writes, as one is left where a report was written after the worktree
 * was deleted, to the history as a whole. Gives whether it was one.
 */
export async function moveRemains(root: string, folder: string): Promise<boolean> {
  const files = await filesIn(folder, '.');
  if (files.length === 0 || !files.every(isOwnFile)) return false;
  const history = await makeHistoryFolder(root, 'remains');
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

async function makeHistoryFolder(root: string, head: string): Promise<string> {
  await mkdir(historyFolder(root), { recursive: true });
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const name = `${time}-${head.slice(0, 12)}`;
  for (let n = 1; ; n++) {
    const folder = join(historyFolder(root), n === 1 ? name : `${name}-${n}`);
    try {
      await mkdir(folder);
      return folder;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
  }
}

async function move(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to).catch(async (error: unknown) => {
    if (!hasCode(error, 'EXDEV')) throw error; // the worktrees are on a disk of their own
    await copyFile(from, to);
    await rm(from);
  });
}
