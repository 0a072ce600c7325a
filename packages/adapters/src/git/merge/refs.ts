import { askGit, git } from '../run';

/** The commit that a branch is at; `null` where there is no such branch. */
export async function tipOf(root: string, branch: string): Promise<string | null> {
  const answer = await askGit(root, ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`]);
  return answer.code === 0 ? answer.stdout : null;
}

/** Moves, makes (`from: null`) or removes (`to: null`) a branch, only if it is where it was. */
export async function moveBranch(root: string, branch: string, from: string | null, to: string | null) {
  const ref = `refs/heads/${branch}`;
  const args = to === null ? ['-d', ref, from ?? ''] : ['-m', 'sluice: deployment', ref, to, from ?? '0'.repeat(40)];
  return askGit(root, ['update-ref', ...args]);
}

export async function contains(root: string, commit: string, ancestor: string): Promise<boolean> {
  return (await askGit(root, ['merge-base', '--is-ancestor', ancestor, commit])).code === 0;
}

/** Paths in which two trees differ, sorted. */
export async function changedBetween(root: string, one: string, other: string): Promise<string[]> {
  const output = await git(root, 'diff-tree', '-r', '-z', '--name-only', '--no-renames', one, other);
  return output.split('\0').slice(0, -1).sort();
}

const deploymentTrailer = 'Sluice-Deployment';
const mergeTrailer = 'Sluice-Merge';

/** Which deployment a commit is of, at the end of its message. */
export const deploymentMark = (id: string, release: string): string => `${deploymentTrailer}: ${id} ${release}`;
export const mergeMark = (id: string, release: string): string => `${mergeTrailer}: ${id} ${release}`;

/** The id of the deployment that a commit is of, by its message; `null` where it is of none. */
export const markIn = (message: string): string | null =>
  new RegExp(`^(?:${deploymentTrailer}|${mergeTrailer}): (\\S+) `, 'm').exec(message)?.[1] ?? null;

/** The newest commit that is marked so, up to `tip`; `null` where none is. Commits of before the deployment (ms) are none. */
export async function findMarked(root: string, tip: string, mark: string, since: number): Promise<string | null> {
  const from = `--since=@${Math.floor(since / 1000) - 3600}`; // clocks differ
  const args = ['log', '-1', '--no-show-signature', '--format=%H', '-F', `--grep=${mark}`, from, tip];
  return (await git(root, ...args)) || null;
}

/** The commits from one to another that are no deployment's, newest first, as `id subject`. */
export async function foreignCommits(root: string, from: string, to: string): Promise<string[]> {
  const ours = ['--invert-grep', `--grep=^${deploymentTrailer}: `];
  const output = await git(root, 'log', '--no-show-signature', '--format=%h %s', ...ours, `${from}..${to}`);
  return output === '' ? [] : output.split('\n');
}
