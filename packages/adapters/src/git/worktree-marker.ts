import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from './worktree-place';

/** Names the two commits between which the worktree's files are on their way. */
export const markerIn = (gitFolder: string): string => join(gitFolder, 'sluice-unfinished');

/**
 * Whether a call was killed between taking the worktree and filling it (git writes the index last), and nobody has
 * committed in it since.
 */
export async function isUnfinished({ gitFolder, head }: Place): Promise<boolean> {
  const isFilled = await lstat(join(gitFolder, 'index')).then(Boolean, () => false);
  const marker = await readFile(markerIn(gitFolder), 'utf8').catch(() => '');
  return !isFilled || marker.split(' ').includes(head);
}
