import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sluiceError } from '@sluice/core';
import { worktreeBranch, worktreeKeyOf, type WorktreeKey } from '../files/paths';
import { writtenIn } from '../files/run-records';
import { listChanges } from './changes';
import { resolveCommit } from './commit';
import { excludeIn } from './exclude';
import { moveToHistory, moveWritten } from './history';
import { branchIn, findRepository, locate } from './repository';
import { git } from './run';
import { fillSubmodules, hasSubmodules } from './submodules';
import { commitsOfItsOwn, describeCommits, keepCommits, rememberBase, type BranchPlan } from './worktree-branch';
import { takeFirstFree, unattended, type Tenancy } from './worktree-choice';
import { listWorktrees, type WorktreeEntry } from './worktree-list';
import { whileNobodyElse } from './worktree-lock';
import { isUnfinished, markerIn } from './worktree-marker';
import { clearBranch, clearPlace, occupied, placeAt } from './worktree-place';

/** Which worktree is wanted, and at which commit. */
export interface WorktreeRequest extends WorktreeKey {
  /** The main checkout. */
  root: string;
  /** Any name of a commit. */
  commit: string;
  /** The checkout that the run was started in: one that is a `phase-N-task-M` worktree is used as it is. */
  from?: string;
  /** What the run changes there besides the pipeline's own files, from the top. Those of earlier runs are known. */
  files?: readonly string[];
  /** Who works where; without it nobody is asked and nothing is noted. */
  tenancy?: Tenancy;
}

export interface Worktree {
  /** Absolute, without symbolic links. */
  path: string;
  /** `null` only in a worktree that is used as it is and has no branch checked out. */
  branch: string | null;
  created: boolean;
  /** What the pipeline wrote into an adopted worktree before and where it is now; paths from the worktree's top. */
  moved: string[];
  history: string | null;
}

const nothingMoved = { moved: [], history: null };
const asItWas = { created: false, ...nothingMoved };

/**
 * Makes or adopts `worktrees/phase-<phase>-task-<task>` on its branch at the commit, so that it holds this commit and
 * nothing else that git knows of. Repeating it changes nothing, many at once are one after another, and what a killed
 * call left half done is finished. Ignored files, such as installed dependencies, stay in an adopted worktree. One in which
 * something else is unfinished is never moved: the next task number that is free is taken instead.
 *
 * Rejects with `TREE_DIRTY` when the worktree has changes that the pipeline did not make, with `WORKTREE_OCCUPIED` when
 * the path or branch is somebody else's, with `COMMIT_UNKNOWN`, and like `findRepository`. Nothing was changed then.
 */
export async function ensureWorktree(request: WorktreeRequest): Promise<Worktree> {
  const root = await realpath(request.root);
  const commit = await resolveCommit(root, request.commit);
  const { commonFolder } = await locate(root);
  await excludeIn(commonFolder, '/worktrees/'); // else Nx finds every project twice
  await excludeIn(commonFolder, '.sluice/');
  const { from, phase, task, files = [], tenancy = unattended } = request;
  const inside = from !== undefined && (await isPhaseWorktree(from)) ? from : null;
  const folder = join(root, 'worktrees');
  if (inside === null) await mkdir(folder, { recursive: true });
  return whileNobodyElse(root, async () => {
    const worktree = inside
      ? await useAsItIs(inside, commit, await writtenIn(root, inside, files))
      : await takeFirstFree(
          { phase, task, folder: await realpath(folder), commit },
          tenancy,
          async (path, key, isUsed) =>
            ensure(path, commonFolder, {
              ...{ root, branch: worktreeBranch(key), commit, isUsed },
              written: await writtenIn(root, path, files),
            }),
        );
    await tenancy.claim(worktree.path, commit);
    return worktree;
  });
}

/**
 * Whether the checkout at `path` is the deployment worktree that `ensureWorktree` adopts, on its branch: anything else
 * there is somebody else's, and nothing may be written into it.
 */
export async function isDeploymentWorktree(root: string, path: string): Promise<boolean> {
  const { commonFolder } = await locate(root);
  const key = worktreeKeyOf(path);
  return key !== null && (await placeAt(root, commonFolder, path))?.branch === worktreeBranch(key);
}

async function isPhaseWorktree(checkout: string): Promise<boolean> {
  return worktreeKeyOf(checkout) !== null && (await findRepository(checkout)).isWorktree;
}

async function useAsItIs(checkout: string, commit: string, written: readonly string[]): Promise<Worktree> {
  const { checkout: path, head } = await findRepository(checkout);
  if (head !== commit) {
    const [here, wanted] = [head.slice(0, 12), commit.slice(0, 12)];
    throw occupied(
      path,
      `it is at ${here}, and ${wanted} is wanted`,
      `Check it out there: git switch --detach ${wanted}`,
    );
  }
  await refuseDirt(path, written);
  return { path, branch: await branchIn(path), ...asItWas };
}

interface Plan extends BranchPlan {
  /** What runs change there: no changes of anybody's. */
  written: readonly string[];
  /** Something else is unfinished there, which may have written it. */
  isUsed: boolean;
}

async function ensure(path: string, commonFolder: string, plan: Plan): Promise<Worktree> {
  const { root, branch, commit, written, isUsed } = plan;
  const found = await clearPlace(root, commonFolder, path);
  if (!found) {
    await clearBranch(root, path, branch);
    await refuseLoss(path, plan, '');
    await git(root, 'worktree', 'add', '--no-checkout', '-B', branch, path, commit);
    await fill(path, (await locate(path)).gitFolder, plan);
    return { path, branch, ...asItWas, created: true };
  }
  if (found.branch !== branch) throw occupied(path, describeHead(found), giveUp(path, found));
  if (await isUnfinished(found)) {
    await rm(join(found.gitFolder, 'index.lock'), { force: true }); // of the killed call, for we hold the lock
  } else {
    await refuseDirt(path, written);
    await rm(markerIn(found.gitFolder), { force: true });
    if (found.head === commit) {
      const moved = isUsed ? null : await moveWritten(root, path, found.head, written);
      return { path, branch, created: false, ...(moved ?? nothingMoved) };
    }
    await refuseLoss(path, plan, `git worktree remove ${path} && `);
  }
  await writeFile(markerIn(found.gitFolder), `${found.head} ${commit} `);
  const moved = await moveToHistory(root, path, found.head, written);
  await fill(path, found.gitFolder, plan);
  return { path, branch, created: false, ...(moved ?? nothingMoved) };
}

async function refuseDirt(path: string, written: readonly string[]): Promise<void> {
  const files = await listChanges(path, written);
  if (files.length > 0) throw sluiceError('TREE_DIRTY', { folder: path, files });
}

/** `take` makes the branch free for being deleted. */
async function refuseLoss(path: string, plan: BranchPlan, take: string): Promise<void> {
  const commits = await commitsOfItsOwn(plan, await listWorktrees(plan.root));
  if (commits.length === 0) return;
  const by = `its branch ${plan.branch} has ${describeCommits(commits)}`;
  throw occupied(path, by, keepCommits(plan.branch, commits, take));
}

const describeHead = (found: WorktreeEntry): string =>
  found.branch === null ? `no branch is checked out in it` : `branch ${found.branch} is checked out in it`;

const giveUp = (path: string, { branch, head }: WorktreeEntry): string =>
  branch === null
    ? `Keep its commit, if you need it: git branch NAME ${head.slice(0, 12)}. Then remove it: git worktree remove ${path}`
    : `Remove it, which keeps its branch: git worktree remove ${path}`;

/** Brings branch, files and submodules to the commit. */
async function fill(path: string, gitFolder: string, plan: BranchPlan): Promise<void> {
  await rememberBase(plan);
  const isNested = await hasSubmodules(plan.root, plan.commit);
  if (isNested) await writeFile(markerIn(gitFolder), plan.commit, { flag: 'a' }); // git itself is done before they are
  await git(path, 'reset', '--hard', '--quiet', plan.commit);
  if (isNested) await fillSubmodules(plan.root, path);
  await rm(markerIn(gitFolder), { force: true });
}
