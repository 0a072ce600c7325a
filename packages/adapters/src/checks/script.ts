import type { Check, CheckOutcome } from '@sluice/core';
import { runCommand, type CommandEnd } from './command';
import { commandEnv } from './command-env';
import { fail, pass } from './outcome';

export interface ScriptSubject {
  /** Where it runs: the project's folder in the worktree. */
  folder: string;
  /** What it is told, by variable. */
  env: Readonly<Record<string, string>>;
}

export interface ScriptSettings {
  /** The key of `sluice.json` that names it, such as `load.command`. */
  key: string;
  /** Program and arguments. */
  command: readonly string[];
  /** Milliseconds that it may take. */
  timeout: number;
  onLine?: (line: string) => void;
}

/** A check that the project has as a program of its own: passes when that exits 0. */
export const scriptCheck = ({ key, command, timeout, onLine }: ScriptSettings): Check<ScriptSubject> => ({
  name: 'command',
  tool: 'command',
  version: '1', // of how it is judged
  timeLimit: timeout,
  async run({ folder, env }, signal) {
    const end = await runCommand(command, { cwd: folder, env: commandEnv(process.env, env), onLine }, signal);
    return judgeEnd(end, { key, command });
  },
});

/** What comes of a command that was to exit 0. `about` is said of it in any case. */
export function judgeEnd(
  { exitCode, missing, how, lastLines }: CommandEnd,
  { key, command, about = '' }: Pick<ScriptSettings, 'key' | 'command'> & { about?: string },
): CheckOutcome {
  const words = `"${command.join(' ')}"`;
  if (missing) return fail(`the command "${command[0] ?? ''}" (${key}) does not exist`);
  if (exitCode === 0) return pass(`${words} passed${about}`);
  const message = lastLines.length ? lastLines.join('\n') : '(it wrote nothing)';
  const ended = how.startsWith('not started') ? `was ${how} (is it executable?)` : `ended with ${how}`;
  return fail(`${words} ${ended}${about}`, [{ severity: 'high', message }]);
}
