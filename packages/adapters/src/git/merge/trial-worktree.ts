import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderName } from '../../files/paths';
import { excludeIn } from '../exclude';
import { locate } from '../repository';
import { git } from '../run';
import { forgetWorktree, listWorktrees } from '../worktree-list';

/** A checkout for a moment, in which a merge is as far as git has it before its hooks: the base, with the merged tree in the index. */
export interface Trial {
  path: string;
  /** Git's folder of it. */
  gitFolder: string;
}

const pathOf = (root: string, project: string): string =>
  join(root, 'worktrees', `merge-${folderName('project', project)}`);

/** Makes it anew; what a killed call left there goes. */
export async function makeTrial(
  root: string,
  project: string,
  { base, deployed, tree }: Record<'base' | 'deployed' | 'tree', string>,
): Promise<Trial> {
  const path = pathOf(root, project);
  await removeTrial(root, project);
  await excludeIn((await locate(root)).commonFolder, '/worktrees/'); // else Nx finds every project twice
  await mkdir(join(root, 'worktrees'), { recursive: true });
  await git(root, 'worktree', 'add', '--quiet', '--detach', '--no-checkout', path, base);
  const { gitFolder } = await locate(path);
  await git(path, 'read-tree', '--reset', '-u', tree);
  await writeFile(join(gitFolder, 'MERGE_HEAD'), `${deployed}\n`); // hooks tell a merge by it
  return { path, gitFolder };
}

export async function removeTrial(root: string, project: string): Promise<void> {
  const path = pathOf(root, project);
  const isKnown = (await listWorktrees(root)).some((entry) => entry.path === path);
  await rm(path, { recursive: true, force: true });
  if (isKnown) await forgetWorktree(root, path);
}
