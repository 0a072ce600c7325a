import { toProblem, z } from '@sluice/core';
import { CommanderError } from 'commander';
import type { Desk } from './desk';
import { exitCodes, exitOfProblem, type Exit } from './exit-codes';
import { createProgram } from './program';

/** Runs one command line of the bin; gives its exit code. */
export async function main(args: readonly string[], desk: Desk): Promise<number> {
  let exit: Exit = 'done';
  try {
    await createProgram(desk, (found) => (exit = found)).parseAsync(args, { from: 'user' });
  } catch (thrown) {
    exit = exitOfThrown(thrown, desk);
  }
  return exitCodes[exit].code;
}

function exitOfThrown(thrown: unknown, { warn }: Desk): Exit {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 'done' : 'usage'; // it has said what is wrong
  if (thrown instanceof z.ZodError) {
    warn(thrown.issues.map(({ path, message }) => `error: --${path.join('.')}: ${message}`).join('\n'));
    return 'usage';
  }
  const problem = toProblem(thrown);
  warn(`${problem.code}: ${problem.message}\n  -> ${problem.remedy}`);
  return exitOfProblem(problem);
}
