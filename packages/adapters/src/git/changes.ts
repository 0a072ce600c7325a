import { isHandoverFile, isOwnFile } from '../files/paths';
import { git, partsOf } from './run';

/**
 * What differs from the commit that is checked out: changed, staged, deleted and untracked files, not the ignored ones and
 * not those that the pipeline itself writes or hands over by, nor those of `written`. Sorted paths from the top of the
 * checkout, with "/".
 */
export async function listChanges(checkout: string, written: readonly string[] = []): Promise<string[]> {
  const isOurs = (path: string) => isOwnFile(path) || isHandoverFile(path) || written.includes(path);
  return (await listDirt(checkout, ['.'])).filter((path) => !isOurs(path));
}

/** Like `listChanges` at or below these paths (taken literally; "." is all), with the files that the pipeline writes. */
export async function listDirt(checkout: string, paths: readonly string[]): Promise<string[]> {
  return (await statusOf(checkout, paths)).map(({ path }) => path).sort();
}

/** The same with whether something of it is staged, as git orders them. */
export async function statusOf(
  checkout: string,
  paths: readonly string[],
): Promise<{ path: string; isStaged: boolean }[]> {
  const form = ['--porcelain=v1', '-z', '--untracked-files=all', '--no-renames', '--ignore-submodules=none'];
  const entries = partsOf(await git(checkout, 'status', ...form, '--', ...paths));
  return entries.map((entry) => ({ path: entry.slice('XY '.length), isStaged: !/^[ ?]/.test(entry) }));
}
