import type { Check } from '@sluice/core';
import { runCommand } from './command';
import { commandEnv } from './command-env';
import { fail, pass } from './outcome';

export interface OwnCheckSettings {
  name: string;
  /** Program and arguments. */
  command: readonly string[];
  /** Milliseconds. */
  timeout: number;
  onLine?: (line: string) => void;
}

/** A check of a team's own, run in `folder`: passes when its command exits 0. Its last line is the evidence. */
export const ownCheck = ({ name, command, timeout, onLine }: OwnCheckSettings): Check<{ folder: string }> => ({
  name,
  tool: 'command',
  version: '1', // of how it is judged
  timeLimit: timeout,
  async run({ folder }, signal) {
    const options = { cwd: folder, env: commandEnv(process.env), onLine };
    const { exitCode, missing, how, lastLines } = await runCommand(command, options, signal);
    if (missing) return fail(`the command "${command[0] ?? ''}" does not exist`);
    const words =
      lastLines
        .filter((line) => line.trim() !== '')
        .at(-1)
        ?.trim() ?? `"${command.join(' ')}" said nothing`;
    return exitCode === 0 ? pass(words) : fail(`${how}: ${words}`);
  },
});
