import { userInfo } from 'node:os';
import { askGit } from './run';

/** Who acts: the actor that a CI system names, else git's user, else the system's. For the audit log. */
export async function identityOf(
  cwd: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string> {
  const actor =
    env['GITHUB_ACTOR'] ?? env['GITLAB_USER_LOGIN'] ?? env['BUILDKITE_BUILD_CREATOR'] ?? env['CIRCLE_USERNAME'];
  if (actor) return `${actor} (CI)`;
  const [name, email] = await Promise.all([
    askGit(cwd, ['config', 'user.name']),
    askGit(cwd, ['config', 'user.email']),
  ]);
  if (name.code === 0 && name.stdout) return email.code === 0 ? `${name.stdout} <${email.stdout}>` : name.stdout;
  return userInfo().username;
}
