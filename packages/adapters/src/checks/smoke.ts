import type { Check } from '@sluice/core';
import { runCommand } from './command';
import { commandEnv } from './command-env';
import { fail, pass, skip } from './outcome';

export interface SmokeSubject {
  /** Where the command runs: the project's folder in the worktree. */
  folder: string;
  /** What answers as the release under test; the command gets it as `BASE_URL`. */
  baseUrl: string;
}

export interface SmokeSettings {
  /** Program and arguments; without one the check is skipped. */
  command: readonly string[] | undefined;
  onLine?: (line: string) => void;
}

/** Passes when the smoke command exits 0. */
export const smokeCheck = ({ command, onLine }: SmokeSettings): Check<SmokeSubject> => ({
  name: 'smoke',
  tool: 'command',
  version: '1', // of how it is judged
  timeLimit: 300_000,
  async run({ folder, baseUrl }, signal) {
    if (!command) return skip('no smoke test is configured: name its command as "smoke" in sluice.json');
    const env = commandEnv(process.env, { BASE_URL: baseUrl });
    const { exitCode, missing, how, lastLines } = await runCommand(command, { cwd: folder, env, onLine }, signal);
    const words = command.join(' ');
    if (missing) return fail(`the command "${command[0] ?? ''}" (smoke) does not exist`);
    if (exitCode === 0) return pass(`"${words}" passed against ${baseUrl}`);
    const message = lastLines.length ? lastLines.join('\n') : '(it wrote nothing)';
    return fail(`"${words}" ended with ${how} against ${baseUrl}`, [{ severity: 'high', message }]);
  },
});
