import { join } from 'node:path';
import type { MergeOutcome } from '@sluice/core';
import { folderName } from '../../files/paths';
import { withLock } from '../lock';
import { locate } from '../repository';
import { askGit, git, gitFailed } from '../run';
import { commitDeployment } from './deployment-commit';
import { holdersOf } from './base-branch';
import { advance, recoverCheckouts } from './fast-forward';
import { makeMergeCommit } from './merge-commit';
import { mergeTrees } from './merged-tree';
import { dropOlder, waitingBranch } from './older-merges';
import { pushBranch } from './push';
import { contains, deploymentMark, findMarked, mergeMark, moveBranch, tipOf } from './refs';
import { isWaiting, named, quote, short, type MergeRequest, type Waiting } from './request';

const patience = 300_000;
const attempts = 5;

/**
 * Commits what a deployment wrote and merges it into the base branch. Whatever happened to an earlier call, this one goes on
 * from there: a deployment has one commit, and the base at most one merge of it. From its commit on, a branch of its own
 * holds it until the base does. Rejects where git fails; nothing is lost then.
 */
export async function mergeDeployment(request: MergeRequest): Promise<MergeOutcome> {
  const { root, project } = request;
  const { commonFolder } = await locate(root);
  const lock = join(commonFolder, `sluice-merge-${folderName('project', project)}.lock`);
  const refuse = (owner: string) => gitFailed(root, ['merge'], `${lock} is held by process ${owner}`);
  return withLock(lock, patience, refuse, () => merge(request));
}

async function merge(request: MergeRequest): Promise<MergeOutcome> {
  const { root, base } = request;
  await recoverCheckouts(root);
  const found = await findSource(request);
  if (isWaiting(found)) return waits(request, found);
  const { notes } = found;
  if (base === null) return waits(request, noBase(request));

  for (let attempt = 1; attempt <= attempts; attempt++) {
    const tip = await tipOf(root, base);
    if (tip === null) return waits(request, { wait: `there is no branch ${base} any more` }, notes);
    if (await contains(root, tip, found.commit)) return finish(request, base, tip, notes);
    const made = await prepare(request, base, tip, found);
    if (isWaiting(made)) return waits(request, made, notes);
    const { commit } = made;
    const advanced = await advance({ root, branch: base, from: tip, to: commit, signal: request.signal });
    if (advanced === 'done') return finish(request, base, commit, [...notes, ...made.notes]);
    if (advanced !== 'moved-on') return waits(request, advanced, [...notes, ...made.notes]);
  }
  return waits(request, { wait: `${base} moved ${attempts} times while it was being merged into` }, notes);
}

/** What is to be merged: the deployment's commit, and the merge of it that an earlier call has made. */
interface Source {
  commit: string;
  merge: string | null;
  notes: string[];
}

async function findSource(request: MergeRequest): Promise<Source | Waiting> {
  const { root } = request;
  const branch = waitingBranch(request);
  const tip = await tipOf(root, branch);
  if (tip !== null && (await isOfThis(request, tip))) return sourceAt(request, tip);
  const made = await commitDeployment(request);
  if (isWaiting(made)) return made;
  // the commit that was deployed may itself be in no branch that lasts
  const isKept = request.base !== null && (await isIn(root, request.base, made.commit));
  if (!isKept) await leaveOn(request, made.commit);
  return { ...made, merge: null };
}

async function isIn(root: string, branch: string, commit: string): Promise<boolean> {
  const tip = await tipOf(root, branch);
  return tip !== null && contains(root, tip, commit);
}

/** A branch of that name may be left of an earlier deployment of the same release. */
async function isOfThis({ root, id, release, since, commit }: MergeRequest, tip: string): Promise<boolean> {
  if (tip === commit) return true;
  const marks = [deploymentMark(id, release), mergeMark(id, release)];
  const found = await Promise.all(marks.map((mark) => findMarked(root, tip, mark, since)));
  return found.some((commitOfIt) => commitOfIt !== null);
}

/** Takes a merge apart that was made already, and what somebody has added in the worktree to solve a conflict. */
async function sourceAt(request: MergeRequest, tip: string): Promise<Source> {
  const { root, worktree, base, id, release } = request;
  const [first = '', second] = (await git(root, 'log', '-1', '--format=%P', tip)).split(' ');
  const message = await git(root, 'log', '-1', '--format=%B', tip);
  const isMerge = second !== undefined && message.includes(mergeMark(id, release));
  const commit = isMerge ? second : tip;
  const baseTip = base === null ? null : await tipOf(root, base);
  const solved = baseTip === null ? null : await solvedIn(worktree, root, commit, baseTip);
  if (solved !== null && solved !== commit) {
    await leaveOn(request, solved);
    return { commit: solved, merge: null, notes: [] };
  }
  return { commit, merge: isMerge && first === baseTip ? tip : null, notes: [] };
}

/** The worktree's commit, where it goes on from the deployment's and holds all of the base. */
async function solvedIn(worktree: string, root: string, commit: string, base: string): Promise<string | null> {
  const head = await askGit(worktree, ['rev-parse', 'HEAD']).catch(() => null);
  if (head?.code !== 0) return null;
  const isSolved = (await contains(root, head.stdout, commit)) && (await contains(root, head.stdout, base));
  return isSolved ? head.stdout : null;
}

/** The merge commit for the base as it is now. It waits on the branch from here on. */
async function prepare(
  request: MergeRequest,
  base: string,
  tip: string,
  { commit, merge }: Source,
): Promise<{ commit: string; notes: string[] } | Waiting> {
  const { root, worktree, signal } = request;
  signal.throwIfAborted();
  if (merge !== null && (await git(root, 'rev-parse', `${merge}^1`)) === tip) return { commit: merge, notes: [] };
  const merged = await mergeTrees(root, tip, commit);
  if ('conflicts' in merged) {
    const wait = `${base} and the deployment both changed ${named(merged.conflicts)}; neither was touched. Resolve that in the worktree with the command below, commit, then: ${request.again}`;
    return { wait, command: `git -C ${quote(worktree)} merge ${quote(base)}` };
  }
  const made = await makeMergeCommit(request, base, { base: tip, deployed: commit, tree: merged.tree });
  if (isWaiting(made)) return made;
  await leaveOn(request, made.commit);
  return made;
}

/** Brings the waiting branch to a commit, or takes it away (`null`); not under whoever has it checked out. */
async function leaveOn(request: MergeRequest, commit: string | null): Promise<void> {
  const { root } = request;
  const branch = waitingBranch(request);
  const tip = await tipOf(root, branch);
  if (tip === commit || (tip !== null && (await holdersOf(root, branch)).checkouts.length > 0)) return;
  const answer = await moveBranch(root, branch, tip, commit);
  if (answer.code !== 0) throw gitFailed(root, ['update-ref', branch], answer.stderr);
}

const noBase = (request: MergeRequest): Waiting => ({
  wait: 'no branch was checked out as it began (a detached HEAD), so it is not known what to merge into',
  command: `git merge --no-ff ${quote(waitingBranch(request))}`,
});

async function waits(request: MergeRequest, { wait, command }: Waiting, notes: string[] = []): Promise<MergeOutcome> {
  const { root, base, again } = request;
  const branch = waitingBranch(request);
  const tip = await tipOf(root, branch);
  const isThere = tip !== null;
  const where = isThere ? `; it waits on ${branch}` : '';
  const older = isThere ? await dropOlder(request, tip) : [];
  return {
    ...{ result: 'waiting', reason: `${told(wait, [...notes, ...older])}${where}`, base, commit: null },
    ...{ branch: isThere ? branch : null, command: command ?? again },
    pushed: request.how === 'push' ? false : null,
  };
}

/** The base has it: nothing needs to wait any more, and it may be pushed. */
async function finish(request: MergeRequest, base: string, tip: string, more: string[]): Promise<MergeOutcome> {
  const { root, id, release, since, how, signal } = request;
  const branch = waitingBranch(request);
  const left = await tipOf(root, branch);
  if (left !== null && (await contains(root, tip, left))) await leaveOn(request, null);
  const notes = [...more, ...(await dropOlder(request, tip))];
  const commit = await findMarked(root, tip, mergeMark(id, release), since);
  const what = commit ? `merged into ${base} as ${short(commit)}` : `${base} has all of it, nothing to merge`;
  const result = commit ? 'merged' : 'nothing';
  const end = { result, base, commit, branch: null } as const;
  if (how !== 'push') return { ...end, reason: told(what, notes), command: null, pushed: null };
  const push = await pushBranch(root, base, signal);
  return push.pushed
    ? { ...end, reason: told(`${what}, pushed to ${push.to}`, notes), command: null, pushed: true }
    : { ...end, reason: told(`${what}; ${push.reason}`, notes), command: push.command, pushed: false };
}

const told = (what: string, notes: readonly string[]): string =>
  notes.length > 0 ? `${what} (${[...new Set(notes)].join('; ')})` : what;
