import { sluiceError, type Instant } from '@sluice/core';
import { askGit, git } from './run';

export interface Commit {
  /** The full id. */
  commit: string;
  subject: string;
  /** The author's name. */
  author: string;
  /** When it was committed. */
  at: Instant;
}

/** What a commit says of itself. Rejects with `COMMIT_UNKNOWN`. */
export async function commitInfo(checkout: string, commit: string): Promise<Commit> {
  const id = await resolveCommit(checkout, commit);
  const form = '--format=%H%x00%s%x00%aN%x00%ct';
  const output = await git(checkout, 'show', '--no-patch', '--no-show-signature', '--encoding=UTF-8', form, id);
  const [found = '', subject = '', author = '', seconds = ''] = output.split('\0');
  return { commit: found, subject, author, at: Number(seconds) * 1000 };
}

/** The full id of a commit named in any way (branch, tag, short id). Rejects with `COMMIT_UNKNOWN`. */
export async function resolveCommit(checkout: string, commit: string): Promise<string> {
  const isOption = commit.startsWith('-');
  const answer = await askGit(checkout, ['rev-parse', '--verify', '--quiet', isOption ? '' : `${commit}^{commit}`]);
  if (answer.code === 0) return answer.stdout;
  throw sluiceError('COMMIT_UNKNOWN', { commit, folder: checkout });
}
