import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from '@sluice/core';
import { replaceFile } from '../../durable/durable-file';
import { isThere } from '../../durable/is-there';
import { askGit, git, partsOf } from '../run';
import type { Location } from '../repository';

/**
 * What is under way in a checkout: from which commit to which it is brought, and the pipeline's own files that stood in the
 * way, as they were.
 */
const journalSchema = z.object({
  from: z.string(),
  to: z.string(),
  items: z.array(z.object({ path: z.string(), was: z.enum(['there', 'gone']) })),
});

const folderOf = ({ gitFolder }: Location): string => join(gitFolder, 'sluice-aside');
const journalOf = (place: Location): string => join(folderOf(place), 'journal.json');
const keptOf = (place: Location, path: string): string => join(folderOf(place), 'files', path);

/** Takes the files out of the way; git finds the committed ones as they were committed. */
export async function moveAside(
  place: Location,
  paths: readonly string[],
  { from, to }: { from: string; to: string },
): Promise<void> {
  const { checkout } = place;
  const items = await Promise.all(
    paths.map(async (path) => ({ path, was: (await isThere(join(checkout, path))) ? 'there' : 'gone' }) as const),
  );
  await replaceFile(journalOf(place), JSON.stringify({ from, to, items })); // first: whoever finds it puts back what is there
  for (const { path, was } of items) {
    if (was === 'there') await move(join(checkout, path), keptOf(place, path));
  }
  if (paths.length === 0) return;
  const tracked = partsOf(await git(checkout, 'ls-files', '-z', '--', ...paths));
  if (tracked.length > 0) await git(checkout, 'checkout-index', '--force', '--quiet', '--', ...tracked);
}

/** Brings the checkout back to where it was unless its branch has moved, and the files as they were; also those of a call that was killed. */
export async function putBack(place: Location): Promise<void> {
  const text = await readFile(journalOf(place), 'utf8').catch(() => null);
  if (text === null) return;
  const { from, to, items } = journalSchema.parse(JSON.parse(text));
  await undo(place, from, to);
  for (const { path, was } of items) {
    const [file, kept] = [join(place.checkout, path), keptOf(place, path)];
    if (was === 'gone') await rm(file, { force: true });
    else if (await isThere(kept)) await move(kept, file);
  }
  await rm(folderOf(place), { recursive: true, force: true });
}

/** Git brings files and index forward before the branch: where that could not move, they go back. */
async function undo({ checkout }: Location, from: string, to: string): Promise<void> {
  if ((await git(checkout, 'rev-parse', 'HEAD')) !== from) return;
  const isAt = async (commit: string) =>
    (await askGit(checkout, ['diff-index', '--cached', '--quiet', commit])).code === 0;
  if ((await isAt(from)) || !(await isAt(to))) return;
  await askGit(checkout, ['update-index', '-q', '--refresh']);
  await git(checkout, 'read-tree', '-m', '-u', to, from);
}

/** Whether something is under way in a checkout, or was as its call was killed. */
export const isAside = (place: Location): Promise<boolean> => isThere(journalOf(place));

async function move(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to).catch(async () => {
    await copyFile(from, to); // git's folder is on another disk
    await rm(from);
  });
}
