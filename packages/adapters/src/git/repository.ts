import { realpath } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { sluiceError } from '@sluice/core';
import { askGit, gitFailed } from './run';

/** Where a folder is in git. Absolute paths without symbolic links. */
export interface Repository {
  /** Top level of the main checkout; of this checkout where git knows no main one (a bare repository with worktrees). */
  root: string;
  /** Top level of the checkout that the folder is in. */
  checkout: string;
  /** Whether `checkout` is a linked worktree. */
  isWorktree: boolean;
  /** The commit that is checked out. */
  head: string;
}

/** Rejects with `NOT_A_REPOSITORY`, `NO_COMMIT`, `GIT_MISSING`, and `GIT_FAILED` where git refuses the repository. */
export async function findRepository(cwd: string): Promise<Repository> {
  const { checkout, gitFolder, commonFolder, head } = await findCheckout(cwd);
  const isWorktree = gitFolder !== commonFolder;
  return { root: isWorktree ? await mainCheckout(checkout, commonFolder) : checkout, checkout, isWorktree, head };
}

/** A checkout and where git keeps what belongs to it. Absolute paths without symbolic links. */
export interface Location {
  /** Top level of the checkout. */
  checkout: string;
  /** Git's folder of this checkout: of a linked worktree, one inside the common folder. */
  gitFolder: string;
  /** The folder that all worktrees of a repository share (`.git` of the main checkout). */
  commonFolder: string;
}

const location = ['rev-parse', '--show-toplevel', '--git-dir', '--git-common-dir'];

/** A checkout and its commit, in one question. Rejects like `findRepository`. */
export async function findCheckout(cwd: string): Promise<Location & Pick<Repository, 'head'>> {
  const answer = await askGit(cwd, [...location, 'HEAD^{commit}', '--']);
  // without a commit, or with more in the way, which locate explains
  if (answer.code !== 0) throw sluiceError('NO_COMMIT', { folder: (await locate(cwd)).checkout });
  const [, , , head = ''] = answer.stdout.split('\n');
  return { ...(await locationIn(cwd, answer.stdout)), head };
}

/** The branch that is checked out, without `refs/heads/`; `null` for a detached HEAD. */
export async function branchIn(checkout: string): Promise<string | null> {
  const answer = await askGit(checkout, ['symbolic-ref', '--quiet', 'HEAD']);
  return answer.code === 0 ? answer.stdout.replace(/^refs\/heads\//, '') : null;
}

/** Rejects with `NOT_A_REPOSITORY`, `GIT_MISSING` and `GIT_FAILED`. */
export async function locate(cwd: string): Promise<Location> {
  const answer = await askGit(cwd, location);
  if (answer.code !== 0) {
    // other refusals, such as an owner that git does not trust, have remedies of their own
    const outside = /not a git repository|must be run in a work tree/.test(answer.stderr);
    throw outside ? sluiceError('NOT_A_REPOSITORY', { folder: cwd }) : gitFailed(cwd, location, answer.stderr);
  }
  return locationIn(cwd, answer.stdout);
}

async function locationIn(cwd: string, output: string): Promise<Location> {
  const [checkout = '', gitFolder = '', commonFolder = ''] = output.split('\n');
  return {
    checkout,
    gitFolder: await realpath(resolve(cwd, gitFolder)),
    commonFolder: await realpath(resolve(cwd, commonFolder)),
  };
}

async function mainCheckout(checkout: string, commonFolder: string): Promise<string> {
  const configured = await askGit(checkout, ['config', '--file', `${commonFolder}/config`, 'core.worktree']);
  const guesses = [
    ...(configured.code === 0 ? [resolve(commonFolder, configured.stdout)] : []), // a submodule
    ...(basename(commonFolder) === '.git' ? [dirname(commonFolder)] : []),
    ...(/^phase-\d+-task-\d+$/.test(basename(checkout)) ? [dirname(dirname(checkout))] : []), // made by another worktree
  ];
  for (const guess of guesses) {
    const found = await locate(guess).catch(() => null);
    if (found?.commonFolder === commonFolder && found.checkout === (await realpath(guess))) return found.checkout;
  }
  return checkout;
}
