import { resolveCommit } from './commit';
import { git, partsOf } from './run';

/** A file of a commit. `path` is from the top of the repository, with "/"; `id` is git's id of its content. */
export interface Blob {
  path: string;
  id: string;
}

/**
 * The files of a commit at or below these paths (taken literally; "." is all), sorted by path, each once. A path that the
 * commit does not have gives nothing. Rejects with `COMMIT_UNKNOWN`.
 */
export async function listBlobs(checkout: string, commit: string, paths: readonly string[]): Promise<Blob[]> {
  const id = await resolveCommit(checkout, commit);
  if (paths.length === 0) return [];
  const wanted = paths.some((path) => /^\.?\/?$/.test(path)) ? [] : paths;
  const output = await git(checkout, 'ls-tree', '-r', '-z', '--full-tree', id, '--', ...wanted);
  const blobs = new Map(partsOf(output).map((part) => [pathOf(part), { path: pathOf(part), id: idOf(part) }]));
  return [...blobs.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** `100644 blob <id>\t<path>` */
const pathOf = (part: string): string => part.slice(part.indexOf('\t') + 1);
const idOf = (part: string): string => part.slice(0, part.indexOf('\t')).split(' ').at(-1) ?? '';
