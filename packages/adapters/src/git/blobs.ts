import { resolveCommit } from './commit';
import { git, partsOf } from './run';

/** A file of a commit. `path` is from the top of the repository, with "/"; `id` is git's id of its content. */
export interface Blob {
  path: string;
  id: string;
  /** Not so for a symbolic link, whose content is where it leads, and for a submodule, whose id is that of its commit. */
  isFile: boolean;
}

/** The files of a commit, sorted by path. Rejects with `COMMIT_UNKNOWN`. */
export async function listBlobs(checkout: string, commit: string): Promise<Blob[]> {
  const id = await resolveCommit(checkout, commit);
  const output = await git(checkout, 'ls-tree', '-r', '-z', '--full-tree', id);
  return partsOf(output)
    .map(parse)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** `100644 blob <id>\t<path>` */
function parse(part: string): Blob {
  const tab = part.indexOf('\t');
  const [mode = '', , id = ''] = part.slice(0, tab).split(' ');
  return { path: part.slice(tab + 1), id, isFile: mode.startsWith('100') };
}
