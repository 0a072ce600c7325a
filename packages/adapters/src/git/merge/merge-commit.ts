import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isOwnFile } from '../../files/paths';
import { askGit, git, gitFailed } from '../run';
import { byWhom, said } from './deployment-commit';
import { committerIn } from './identity';
import { changedBetween, mergeMark } from './refs';
import { type MergeRequest, type Waiting } from './request';
import { makeTrial, removeTrial, type Trial } from './trial-worktree';

/** What is merged: the base's commit, the deployment's, and their merged tree. */
export interface Sides {
  base: string;
  deployed: string;
  tree: string;
}

export interface Merged {
  commit: string;
  notes: string[];
}

/**
 * Makes the merge commit of two sides after all that stands before one: the hooks of a merge, and that the tree builds
 * where it is not the one that was deployed. Both happen in a worktree for the moment; no branch moves.
 */
export async function makeMergeCommit(request: MergeRequest, branch: string, sides: Sides): Promise<Merged | Waiting> {
  const { root, project } = request;
  const trial = await makeTrial(root, project, sides);
  try {
    return await commitIn(trial, request, branch, sides);
  } finally {
    await removeTrial(root, project);
  }
}

async function commitIn(
  trial: Trial,
  request: MergeRequest,
  branch: string,
  { base, deployed }: Sides,
): Promise<Merged | Waiting> {
  const { project, release, id, signal } = request;
  const file = join(trial.gitFolder, 'MERGE_MSG');
  const subject = `Merge the deployment of ${project} ${release} to production into ${branch}`;
  await writeFile(file, `${subject}\n\n${byWhom(request)}\n\n${mergeMark(id, release)}\n`);
  const hooks = [['pre-merge-commit'], ['prepare-commit-msg', file, 'merge'], ['commit-msg', file]];
  for (const [hook = '', ...args] of hooks) {
    const answer = await askGit(trial.path, ['hook', 'run', '--ignore-missing', hook, '--', ...args], { signal });
    if (answer.code !== 0) return { wait: `the hook ${hook} refused the merge: ${said(answer)}` };
  }
  const tree = await git(trial.path, 'write-tree'); // a hook may have added to it
  const proof = await prove(trial.path, request, tree);
  if ('wait' in proof) return proof;

  const message = (await readFile(file, 'utf8')).trimEnd();
  const marked = message.includes(mergeMark(id, release)) ? message : `${message}\n\n${mergeMark(id, release)}`;
  const { settings, note } = await committerIn(trial.path);
  const signs = await askGit(trial.path, ['config', '--type=bool', '--get', 'commit.gpgSign']);
  const options = [...(signs.stdout === 'true' ? ['-S'] : []), '-p', base, '-p', deployed, '-m', marked];
  const args = [...settings, 'commit-tree', tree, ...options];
  const answer = await askGit(trial.path, args, { signal });
  if (answer.code !== 0 && signs.stdout === 'true') return { wait: `git could not sign the merge: ${said(answer)}` };
  if (answer.code !== 0) throw gitFailed(trial.path, args, answer.stderr);
  return { commit: answer.stdout, notes: [...proof.notes, ...(note ? [note] : [])] };
}

/** A tree that is the deployed one, but for what the pipeline wrote, was built already. */
async function prove(
  folder: string,
  { commit, validate, signal }: MergeRequest,
  tree: string,
): Promise<{ notes: string[] } | Waiting> {
  const different =
    commit === null ? null : (await changedBetween(folder, commit, tree)).filter((path) => !isOwnFile(path));
  if (different?.length === 0) return { notes: [] };
  const { ok, reason } = await validate(folder, signal);
  return ok ? { notes: [reason] } : { wait: `the merged tree does not build: ${reason}` };
}
