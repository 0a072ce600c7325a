import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isThere } from '../durable/is-there';
import { locate } from './repository';
import { askGit, git, partsOf } from './run';

/** Where the submodules of a checkout are to be had without a remote. */
interface Sources {
  /** Git's folder of them, by name. */
  modules: string;
  /** The checkout that has them by path, which need not be at the same commit. */
  around: string;
}

export const hasSubmodules = async (checkout: string, commit: string): Promise<boolean> =>
  (await askGit(checkout, ['cat-file', '-e', `${commit}:.gitmodules`])).code === 0;

/**
 * Brings the submodules of a worktree to what its commit says, those of them that the main checkout has too. They are cloned
 * from there, with all objects, so no remote is asked and a commit that was never pushed is found.
 */
export async function fillSubmodules(root: string, worktree: string): Promise<void> {
  const { commonFolder } = await locate(root);
  await fill(worktree, { modules: join(commonFolder, 'modules'), around: root });
}

async function fill(checkout: string, { modules, around }: Sources): Promise<void> {
  if (!(await hasSubmodules(checkout, 'HEAD'))) return;
  const { gitFolder } = await locate(checkout);
  for (const { name, path } of await submodulesOf(checkout)) {
    const kept = join(modules, name);
    const source = (await isThere(join(kept, 'HEAD'))) ? kept : join(around, path);
    if (source !== kept && !(await isThere(join(source, '.git')))) continue;
    // anew: what was fetched for another commit may not hold this one
    await rm(join(gitFolder, 'modules', name), { recursive: true, force: true });
    await rm(join(checkout, path), { recursive: true, force: true });
    const settings = ['protocol.file.allow=always', `submodule.${name}.url=${source}`, `submodule.${name}.active=true`];
    const config = settings.flatMap((setting) => ['-c', setting]);
    await git(checkout, ...config, 'submodule', '--quiet', 'update', '--init', '--checkout', '--force', '--', path);
    await fill(join(checkout, path), { modules: join(kept, 'modules'), around: join(around, path) });
  }
}

/** The submodules that `.gitmodules` names and the commit has. */
async function submodulesOf(checkout: string): Promise<{ name: string; path: string }[]> {
  const form = ['config', '--file', '.gitmodules', '--null', '--get-regexp', '^submodule\\..*\\.path$'];
  const named = partsOf((await askGit(checkout, form)).stdout).map((part) => {
    const [key = '', path = ''] = part.split('\n');
    return { name: key.slice('submodule.'.length, -'.path'.length), path };
  });
  const tree = partsOf(await git(checkout, 'ls-tree', '-r', '-z', 'HEAD'));
  const links = new Set(
    tree.filter((part) => part.startsWith('160000 ')).map((part) => part.slice(part.indexOf('\t') + 1)),
  );
  return named.filter(({ path }) => links.has(path));
}
