import { copyFile, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from '@sluice/core';
import { replaceFile } from '../../durable/durable-file';
import { git, partsOf } from '../run';
import type { Location } from '../repository';

/** The pipeline's own files in a checkout that stand in the way of its commit, as they were. */
const itemsSchema = z.array(z.object({ path: z.string(), was: z.enum(['there', 'gone']) }));

const folderOf = ({ gitFolder }: Location): string => join(gitFolder, 'sluice-aside');
const listOf = (place: Location): string => join(folderOf(place), 'list.json');
const keptOf = (place: Location, path: string): string => join(folderOf(place), 'files', path);

/** Takes the files out of the way; git finds the committed ones as they were committed. */
export async function moveAside(place: Location, paths: readonly string[]): Promise<void> {
  const { checkout } = place;
  if (paths.length === 0) return;
  const items = await Promise.all(
    paths.map(async (path) => ({ path, was: (await isThere(join(checkout, path))) ? 'there' : 'gone' }) as const),
  );
  await replaceFile(listOf(place), JSON.stringify(items)); // first: whoever finds it puts back what is there
  for (const { path, was } of items) {
    if (was === 'there') await move(join(checkout, path), keptOf(place, path));
  }
  const tracked = partsOf(await git(checkout, 'ls-files', '-z', '--', ...paths));
  if (tracked.length > 0) await git(checkout, 'checkout-index', '--force', '--quiet', '--', ...tracked);
}

/** Brings the files back as they were, also those of a call that was killed. */
export async function putBack(place: Location): Promise<void> {
  const text = await readFile(listOf(place), 'utf8').catch(() => null);
  const items = text === null ? [] : itemsSchema.parse(JSON.parse(text));
  for (const { path, was } of items) {
    const [file, kept] = [join(place.checkout, path), keptOf(place, path)];
    if (was === 'gone') await rm(file, { force: true });
    else if (await isThere(kept)) await move(kept, file);
  }
  await rm(folderOf(place), { recursive: true, force: true });
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function move(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to).catch(async () => {
    await copyFile(from, to); // git's folder is on another disk
    await rm(from);
  });
}
