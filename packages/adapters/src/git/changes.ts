import { isOwnFile } from '../files/paths';
import { git, partsOf } from './run';

/**
 * What differs from the commit that is checked out: changed, staged, deleted and untracked files, not the ignored ones and
 * not those that the pipeline itself writes. Sorted paths from the top of the checkout, with "/".
 *
 * `paths` (files or folders, taken literally; "." is all) narrows it; an empty list has no changes.
 */
export async function listChanges(checkout: string, paths: readonly string[] = ['.']): Promise<string[]> {
  return (await listDirt(checkout, paths)).filter((path) => !isOwnFile(path));
}

/** Like `listChanges`, with the files that the pipeline writes. */
export async function listDirt(checkout: string, paths: readonly string[] = ['.']): Promise<string[]> {
  if (paths.length === 0) return [];
  const form = ['--porcelain=v1', '-z', '--untracked-files=all', '--no-renames', '--ignore-submodules=none'];
  const output = await git(checkout, 'status', ...form, '--', ...paths);
  return partsOf(output)
    .map((part) => part.slice('XY '.length))
    .sort();
}
