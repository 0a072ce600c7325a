import { z } from '@sluice/core';
import type { Command } from 'commander';
import type { Desk } from '../desk';
import type { Exit } from '../exit-codes';

const name = z.string().min(1);

/** The verbs by which the pipeline around starts a deployment. */
export function addActivation(program: Command, desk: Desk, end: (exit: Exit) => void): void {
  program
    .command('activate')
    .argument('<project>')
    .description('Whether phase 5 hands over to its deployment; prints the code word then, else why not')
    .option('-c, --configuration <name>', 'a variant of sluice.json')
    .option('--watch', 'wait until it does')
    .option('--run', 'run deploy-prod then, and end as it ends')
    .action(async (project: unknown, options: unknown) => {
      const { activate, activateOptions } = await import('./activate');
      end(await activate(desk, name.parse(project), activateOptions.parse(options)));
    });

  program
    .command('hook')
    .description('Answer the hook of a coding agent: JSON on standard input, what the agent is to read on output')
    .action(async () => {
      const { runHook } = await import('./run-hook');
      const { hookTerminal } = await import('./hook-terminal');
      await runHook({ ...hookTerminal(), cwd: desk.cwd, say: desk.say, warn: desk.warn });
      end('done');
    });
}
