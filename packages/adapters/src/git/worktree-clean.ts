import { readdir, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { createRunRecords, writtenIn } from '../files/run-records';
import { listWorktreeUses } from '../files/worktree-uses';
import { isRunning } from '../processes/named-process';
import { moveToHistory } from './history';
import { git, partsOf } from './run';
import { whileNobodyElse } from './worktree-lock';
import { baseOf, commitsOnlyOn, describeCommits } from './worktree-branch';
import { forgetWorktree, listWorktrees } from './worktree-list';
import { surveyWorktrees, type SurveyedWorktree } from './worktree-survey';

export interface CleanRequest {
  /** The main checkout. */
  root: string;
  /** Where the caller stands: the worktree around it stays. */
  cwd: string;
  /** Also what has uncommitted work. */
  force: boolean;
  /** Only says what it would do. */
  only: boolean;
}

/** What became of one worktree, or of a branch whose worktree is gone. */
export interface Cleaned {
  /** `phase-6-task-1` */
  name: string;
  /** Deleted, or to be deleted where it was only asked for. */
  deleted: boolean;
  /** Why it stays. */
  kept: string[];
  /** Uncommitted files: deleted with it, or what it stays for. */
  changes: string[];
  /** Its branch, where that stays, and why. */
  branch: string | null;
  /** Where what the pipeline wrote in it is now. */
  history: string | null;
}

/**
 * Deletes the deployment worktrees that nobody needs, with their branches: never one in which a run or rollout is unfinished,
 * never a commit that is nowhere else, and uncommitted work only by `force`. What the pipeline wrote moves to the history, ignored files
 * go. What a killed call left is finished by the next.
 */
export async function cleanWorktrees(request: CleanRequest): Promise<Cleaned[]> {
  const root = await realpath(request.root);
  const cwd = await realpath(request.cwd);
  return whileNobodyElse(root, async () => {
    const folder = await realpath(join(root, 'worktrees')).catch(() => join(root, 'worktrees'));
    const found = (await surveyWorktrees(root)).filter(({ path }) => dirname(path) === folder);
    const cleaned: Cleaned[] = [];
    for (const worktree of found) cleaned.push(await clean(worktree, { ...request, root, cwd }));
    if (request.only) return cleaned;
    await sweep(root, folder);
    return cleaned;
  });
}

async function clean(worktree: SurveyedWorktree, { root, cwd, force, only }: CleanRequest): Promise<Cleaned> {
  const { name, path, head, changes, condition } = worktree;
  const kept = reasonsToKeep(worktree, cwd, force);
  const branch = kept.length ? null : await reasonToKeepBranch(root, worktree);
  const plan = { name, deleted: kept.length === 0, kept, changes, branch, history: null };
  if (kept.length || only) return plan;
  const moved = condition !== 'gone' ? await moveToHistory(root, path, head, await writtenIn(root, path)) : null;
  // at once out of the way: a folder that is deleted by and by is a broken worktree until it is gone
  if (condition !== 'gone') await rename(path, join(dirname(path), `${trash}${name}-${process.pid}`));
  await forgetWorktree(root, path);
  if (branch === null && worktree.branch !== null) await git(root, 'branch', '--quiet', '-D', worktree.branch);
  return { ...plan, history: moved?.history ?? null };
}

function reasonsToKeep(
  { path, locked, isOwn, branch, condition, changes, uses }: SurveyedWorktree,
  cwd: string,
  force: boolean,
) {
  const isAround = cwd === path || cwd.startsWith(path + sep);
  return [
    ...uses.map(({ by }) => `${by} is unfinished`),
    ...(isOwn ? [] : [branch === null ? 'no branch is checked out in it' : `branch ${branch} is checked out in it`]),
    ...(locked ? ['it is locked: git worktree unlock'] : []),
    ...(condition === 'unreadable' ? ['git can not read it'] : []),
    ...(condition === 'unfinished' && !force ? ['a killed run left it half made: deploy again, or --force'] : []),
    ...(isAround ? ['you are in it'] : []),
    ...(changes.length && !force ? ['it has uncommitted work, which --force deletes'] : []),
  ];
}

async function reasonToKeepBranch(root: string, { branch }: Pick<SurveyedWorktree, 'branch'>): Promise<string | null> {
  if (branch === null) return null;
  const commits = await commitsOnlyOn(root, branch, await listWorktrees(root));
  return commits.length ? `${branch} stays: it has ${describeCommits(commits)}` : null;
}

/** Begins the name of what is being deleted. */
const trash = '.removed-';

/** What no worktree needs any more: folders out of the way, branches that the pipeline made, notes of runs that are over. */
async function sweep(root: string, folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((found) => found.startsWith(trash)))
    await rm(join(folder, name), { recursive: true });
  await rmdir(folder).catch(() => undefined); // others are in it
  await dropBranches(root);
  const registered = new Set((await listWorktrees(root)).map(({ path }) => path));
  const records = createRunRecords(root);
  for (const record of await records.all())
    if (!registered.has(record.worktree) && !record.processes.some(isRunning)) await records.forget(record);
}

async function dropBranches(root: string): Promise<void> {
  const entries = await listWorktrees(root);
  const format = '--format=%(refname:lstrip=2)%00';
  const output = await git(root, 'for-each-ref', format, 'refs/heads/feature');
  const needed = new Set(
    (await listWorktreeUses(root)).map(({ worktree }) => relative(join(root, 'worktrees'), worktree)),
  );
  for (const branch of partsOf(output).map((part) => part.trim())) {
    const name = /^feature\/(phase-\d+-task-\d+)$/.exec(branch)?.[1];
    const isFree = name !== undefined && !needed.has(name) && !entries.some((entry) => entry.branch === branch);
    if (!isFree || (await baseOf(root, branch)) === null) continue;
    if ((await commitsOnlyOn(root, branch, entries)).length === 0) await git(root, 'branch', '--quiet', '-D', branch);
  }
}
