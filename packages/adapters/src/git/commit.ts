import { sluiceError } from '@sluice/core';
import { askGit } from './run';

/** The full id of a commit named in any way (branch, tag, short id). Rejects with `COMMIT_UNKNOWN`. */
export async function resolveCommit(checkout: string, commit: string): Promise<string> {
  const isOption = commit.startsWith('-');
  const answer = await askGit(checkout, ['rev-parse', '--verify', '--quiet', isOption ? '' : `${commit}^{commit}`]);
  if (answer.code === 0) return answer.stdout;
  throw sluiceError('COMMIT_UNKNOWN', { commit, folder: checkout });
}
