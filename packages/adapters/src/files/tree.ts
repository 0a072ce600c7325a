import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { isAbsolute, join, posix, sep } from 'node:path';
import { sluiceError, type SluiceError } from '@sluice/core';
import { hasCode } from '../durable/durable-file';

/** A file or link of a folder. `path` is relative, with "/"; sizes in bytes. */
export type TreeEntry =
  { kind: 'file'; path: string; executable: boolean; size: number } | { kind: 'link'; path: string; target: string };

/** What cannot be in an artifact, or an artifact that cannot be read. */
export const artifactInvalid = (path: string, problem: string): SluiceError =>
  sluiceError('ARTIFACT_INVALID', { path, problem });

/**
 * Every file and link below a folder, sorted by path. Folders do not count, so empty ones are left out, as git does.
 * Rejects with `ARTIFACT_INVALID` for a link that leaves the folder or leads nowhere, and for sockets, pipes and devices.
 */
export async function listTree(folder: string): Promise<TreeEntry[]> {
  const top = await realpath(folder);
  const entries: TreeEntry[] = [];
  const pending = [''];
  for (let inner = pending.pop(); inner !== undefined; inner = pending.pop()) {
    for (const found of await readdir(join(folder, inner), { withFileTypes: true })) {
      const path = inner === '' ? found.name : `${inner}/${found.name}`;
      if (found.isDirectory()) pending.push(path);
      else entries.push(found.isSymbolicLink() ? await linkAt(folder, top, path) : await fileAt(folder, path));
    }
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function fileAt(folder: string, path: string): Promise<TreeEntry> {
  const stats = await lstat(join(folder, path));
  if (!stats.isFile()) throw artifactInvalid(join(folder, path), 'it is neither a file nor a link');
  return { kind: 'file', path, executable: (stats.mode & 0o100) !== 0, size: stats.size };
}

async function linkAt(folder: string, top: string, path: string): Promise<TreeEntry> {
  const target = await readlink(join(folder, path));
  if (!staysInside(path, target) || !(await leadsInside(join(folder, path), top))) {
    throw artifactInvalid(join(folder, path), `it is a link to ${target}, which is not in the folder`);
  }
  return { kind: 'link', path, target };
}

/** Whether a link's text stays in the folder it is in, whatever the disk holds. */
export function staysInside(path: string, target: string): boolean {
  const reached = posix.join(posix.dirname(path), target);
  return !isAbsolute(target) && reached !== '..' && !reached.startsWith('../');
}

/** Whether what a link leads to, through further links, exists and is in the folder. */
async function leadsInside(link: string, top: string): Promise<boolean> {
  try {
    const real = await realpath(link);
    return real === top || real.startsWith(top + sep);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ELOOP', 'ENOTDIR')) return false;
    throw error;
  }
}
