import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { temporaryName } from '../../durable/durable-file';
import { isOwnFile } from '../../files/paths';
import { locate } from '../repository';
import { askGit, git, gitFailed, partsOf } from '../run';
import { changedBetween } from './refs';

/** The tree of a merge, or the files that were changed on both sides. */
export type MergedTree = { tree: string } | { conflicts: string[] };

/**
 * Merges two commits without a checkout. What the pipeline writes is of one deployment and is never mixed: there the
 * deployment's side stands, be it in conflict or not.
 */
export async function mergeTrees(root: string, base: string, deployed: string): Promise<MergedTree> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', base, deployed];
  const answer = await askGit(root, args);
  if (answer.code > 1) throw gitFailed(root, args, answer.stderr || answer.stdout);
  const [tree = '', ...conflicts] = partsOf(answer.stdout);
  if (answer.code === 0 && tree === '') throw gitFailed(root, args, 'it gave no tree');
  const foreign = [...new Set(conflicts)].filter((path) => path !== '' && !isOwnFile(path));
  if (foreign.length > 0) return { conflicts: foreign.sort() };
  const fork = await askGit(root, ['merge-base', base, deployed]);
  const since = fork.code === 0 ? (await changedBetween(root, fork.stdout, deployed)).filter(isOwnFile) : [];
  const own = [...new Set([...since, ...conflicts.filter(isOwnFile)])];
  return { tree: own.length > 0 ? await withFiles(root, tree, deployed, own) : tree };
}

/** The tree with these files as a commit has them. */
async function withFiles(root: string, tree: string, commit: string, paths: string[]): Promise<string> {
  const index = temporaryName(join((await locate(root)).gitFolder, 'sluice-index'));
  const inIndex = async (...args: string[]) => {
    const answer = await askGit(root, args, { env: { GIT_INDEX_FILE: index } });
    if (answer.code !== 0) throw gitFailed(root, args, answer.stderr);
    return answer.stdout;
  };
  try {
    await inIndex('read-tree', tree);
    for (const path of paths) {
      const entry = /^(\d+) \w+ ([0-9a-f]+)\t/.exec(
        await git(root, 'ls-tree', '-z', '--full-tree', commit, '--', path),
      );
      if (entry) await inIndex('update-index', '--add', '--cacheinfo', `${entry[1]},${entry[2]},${path}`);
      else await inIndex('update-index', '--force-remove', '--', path);
    }
    return await inIndex('write-tree');
  } finally {
    await rm(index, { force: true });
    await rm(`${index}.lock`, { force: true });
  }
}
