import { readFile, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/**
 * The checkout that a folder is in, if phase 5 may have left a signal near it, else `null`; found out without git and without loading anything: a hook runs at every
 * prompt, and mostly there is nothing to say. Other signals may look like one of it.
 */
export async function checkoutWithSignal(cwd: string): Promise<string | null> {
  const checkout = await checkoutOf(cwd);
  if (checkout === null) return null;
  const root = await mainCheckoutOf(checkout);
  const worktrees = await namesIn(join(root, 'worktrees'));
  const places = [...new Set([checkout, root, ...worktrees.map((name) => join(root, 'worktrees', name))])];
  const folders = places.flatMap((place) => ['.taskmaster', '.claude'].map((name) => join(place, name, '.signals')));
  const names = await Promise.all(folders.map(namesIn));
  return names.flat().some((name) => /^(phase5|(no-)?go-)/i.test(name)) ? checkout : null;
}

async function checkoutOf(folder: string): Promise<string | null> {
  const isThere = await stat(join(folder, '.git')).then(
    () => true,
    () => false,
  );
  if (isThere) return folder;
  return dirname(folder) === folder ? null : checkoutOf(dirname(folder));
}

/** A linked worktree has a file in the place of the folder, which leads to the main one. */
async function mainCheckoutOf(checkout: string): Promise<string> {
  const link = await readFile(join(checkout, '.git'), 'utf8').catch(() => '');
  const found = /^gitdir: (.*)[\\/]\.git[\\/]worktrees[\\/]/.exec(link)?.[1];
  return found === undefined ? checkout : resolve(checkout, found);
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
