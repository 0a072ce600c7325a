import { readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from '@sluice/core';
import { deploymentFolder, reportFile, signalFile } from '../../files/paths';
import { awaitIndex } from '../index-lock';
import { locate } from '../repository';
import { askGit, git, partsOf } from '../run';
import { whileNobodyElse } from '../worktree-lock';
import { committerIn } from './identity';
import { contains, deploymentMark, findMarked, foreignCommits } from './refs';
import { named, short, type MergeRequest, type Waiting } from './request';

/** A commit that holds what the deployment wrote; the deployed commit itself where nothing of it is for git. */
export interface Committed {
  commit: string;
  notes: string[];
}

/**
 * Commits what the pipeline wrote on whatever is checked out in the deployment worktree, with its hooks, once for each
 * deployment. What git ignores is left out, which the notes say.
 */
export async function commitDeployment(request: MergeRequest): Promise<Committed | Waiting> {
  const { root, worktree } = request;
  const place = await locate(worktree).catch(() => null);
  const { commonFolder } = await locate(root);
  if (place?.commonFolder !== commonFolder || place.checkout === root)
    return { wait: `the worktree ${worktree} is gone, and with it what there was to merge` };
  return whileNobodyElse(root, async () => {
    await awaitIndex(place.gitFolder);
    return commitIn(request);
  });
}

async function commitIn(request: MergeRequest): Promise<Committed | Waiting> {
  const { worktree, commit, id, release, since } = request;
  const head = await git(worktree, 'rev-parse', 'HEAD');
  const mark = deploymentMark(id, release);
  const made = await findMarked(worktree, head, mark, since);
  if (made) return { commit: made, notes: [] };
  const moved = await wasMoved(request, head);
  if (moved) return moved;

  const { files, notes } = await filesOf(request);
  if (files.length > 0) await git(worktree, 'add', '--', ...files);
  const changed = files.length > 0 ? await git(worktree, 'diff', '--cached', '--name-only', '-z', '--', ...files) : '';
  if (changed === '') return { commit: head, notes };
  const { settings, note } = await committerIn(worktree);
  const message = [
    ...['-m', subjectOf(request)],
    ...['-m', `What the deployment wrote. ${byWhom(request)}`],
    '-m',
    mark,
  ];
  const options = ['commit', '--quiet', ...message, '--only', '--', ...files];
  const answer = await askGit(worktree, [...settings, ...options], { signal: request.signal });
  if (answer.code !== 0) {
    await askGit(worktree, ['reset', '--quiet', '--', ...files]);
    return { wait: `git refused the commit of report and signal: ${said(answer)}` };
  }
  const done = await git(worktree, 'rev-parse', 'HEAD');
  if (commit !== null && done === head) return { wait: 'git made no commit of report and signal' };
  return { commit: done, notes: note ? [...notes, note] : notes };
}

// what it begins with passes the usual rules for commit messages
const subjectOf = ({ project, release }: MergeRequest): string => `chore(deploy): ${project} ${release} to production`;

export const byWhom = ({ by }: MergeRequest): string => `Deployed by ${by.replaceAll(/\s+/g, ' ')}.`;

export const said = ({ stdout, stderr }: { stdout: string; stderr: string }): string => {
  const lines = `${stderr}\n${stdout}`.trim().split('\n');
  return lines.slice(-12).join('\n') || 'it gave no reason';
};

/** The worktree must hold the commit that was deployed, what Sluice committed on it, and this deployment's files. */
async function wasMoved(request: MergeRequest, head: string): Promise<Waiting | null> {
  const { worktree, project, commit, release } = request;
  const found = await releaseOf(join(deploymentFolder(worktree, project), 'phase6-complete.json'));
  if (found !== release)
    return { wait: `${worktree} holds no signal of ${release} any more: another deployment has it` };
  if (commit === null || commit === head) return null;
  if (!(await contains(worktree, head, commit)))
    return { wait: `${worktree} is at ${short(head)} by now, not at the deployed ${short(commit)}` };
  const foreign = await foreignCommits(worktree, commit, head);
  if (foreign.length === 0) return null;
  return {
    wait: `${worktree} has commits that were not deployed: ${named(foreign)}. Move them to another branch first`,
  };
}

const signal = z.looseObject({ release: z.string() });
async function releaseOf(file: string): Promise<string | null> {
  try {
    return signal.parse(JSON.parse(await readFile(file, 'utf8'))).release;
  } catch {
    return null;
  }
}

/** Paths from the worktree's top: what there is to commit, and notes on what is not. */
async function filesOf({ worktree, project, files }: MergeRequest): Promise<{ files: string[]; notes: string[] }> {
  const from = (path: string) => relative(worktree, path).split(sep).join('/');
  const folder = deploymentFolder(worktree, project);
  const own = [
    ...[reportFile(worktree), signalFile(worktree)],
    ...[join(folder, 'DEPLOYMENT_REPORT.md'), join(folder, 'phase6-complete.json')],
  ].map(from);
  const wanted = [...own, ...files.filter((file) => !own.includes(file))];
  const isThere = await Promise.all(
    wanted.map((file) =>
      stat(join(worktree, file)).then(
        (found) => found.isFile(),
        () => false,
      ),
    ),
  );
  const there = wanted.filter((_, n) => isThere[n]);
  const missing = files.filter((file) => !there.includes(file));
  const listed = await git(worktree, 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...there);
  const forGit = new Set(partsOf(listed));
  const ignored = there.filter((file) => !forGit.has(file));
  return {
    files: there.filter((file) => forGit.has(file)),
    notes: [
      ...(ignored.length > 0 ? [`ignored by git and left out: ${named(ignored)}`] : []),
      ...(missing.length > 0 ? [`not in the worktree and left out: ${named(missing)}`] : []),
    ],
  };
}
