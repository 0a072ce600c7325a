import { askGit, git } from '../run';
import { said } from './deployment-commit';
import { quote } from './request';

/** How a push of a branch ended. `command` does it again by hand. */
export type Pushed = { pushed: true; to: string } | { pushed: false; reason: string; command: string | null };

/** Pushes a branch to where it comes from, with the hooks of a push; nothing is forced. */
export async function pushBranch(root: string, branch: string, signal: AbortSignal): Promise<Pushed> {
  const settingOf = async (name: string) => {
    const answer = await askGit(root, ['config', '--get', `branch.${branch}.${name}`]);
    return answer.code === 0 ? answer.stdout : null;
  };
  const remotes = (await git(root, 'remote')).split('\n').filter((name) => name !== '');
  const only = remotes.includes('origin') ? 'origin' : remotes.length === 1 ? (remotes[0] ?? null) : null;
  const remote = (await settingOf('pushRemote')) ?? (await settingOf('remote')) ?? only;
  if (remote === null) return { pushed: false, reason: `${branch} has no remote to push to`, command: null };
  const there = ((await settingOf('merge')) ?? `refs/heads/${branch}`).replace(/^refs\/heads\//, '');
  const answer = await askGit(root, ['push', '--quiet', remote, `refs/heads/${branch}:refs/heads/${there}`], {
    signal,
  });
  if (answer.code === 0) return { pushed: true, to: `${remote}/${there}` };
  const command = `git push ${quote(remote)} ${quote(branch)}${there === branch ? '' : `:${quote(there)}`}`;
  return { pushed: false, reason: `the push to ${remote}/${there} was refused: ${said(answer)}`, command };
}
