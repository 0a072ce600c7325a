import { z } from '@sluice/core';
import type { Command } from 'commander';
import type { Desk } from './desk';
import type { Exit } from './exit-codes';
import { worktreeCommand } from './worktree-command';

const name = z.string().min(1);
const json = z.object({ json: z.boolean().optional() });

/** `sluice worktree merge PROJECT` */
export function addWorktreeMerge(program: Command, desk: Desk, end: (exit: Exit) => void): void {
  worktreeCommand(program)
    .command('merge')
    .argument('<project>')
    .description('Merge what a deployment to production wrote into its base branch, where that waits')
    .option('--json', 'print JSON')
    .action(async (project: unknown, options: unknown) => {
      const { worktreeMerge } = await import('./worktree-merge');
      end(await worktreeMerge(desk, name.parse(project), json.parse(options)));
    });
}
