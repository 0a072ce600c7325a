import type { Check } from '@sluice/core';
import { runCommand } from './command';
import { commandEnv } from './command-env';
import { skip } from './outcome';
import { judgeEnd } from './script';

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
    const end = await runCommand(command, { cwd: folder, env, onLine }, signal);
    return judgeEnd(end, { key: 'smoke', command, about: ` against ${baseUrl}` });
  },
});
