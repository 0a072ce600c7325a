import { constants, existsSync, readdirSync } from 'node:fs';
import { copyFile, link, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** A copy of a folder whose files are the same files, where both are on one disk. Symbolic links stay what they are. */
export async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.name === '.cache') continue; // tools write into it
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkTree(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await link(source, target).catch(() => copyFile(source, target, constants.COPYFILE_FICLONE));
  }
}

/** Where a checkout of this repository has `node_modules`: at the top, and in packages that need other versions. */
export function findModules(checkout: string): string[] {
  const nested = ['packages', 'examples'].flatMap((folder) =>
    readdirSync(join(checkout, folder)).map((name) => join(folder, name, 'node_modules')),
  );
  return ['node_modules', ...nested].filter((path) => existsSync(join(checkout, path)));
}
