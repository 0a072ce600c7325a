import { z } from '@sluice/core';
import type { Command } from 'commander';
import type { Desk } from './desk';
import type { Exit } from './exit-codes';
import { worktreeCommand } from './worktree-command';

const number = z.coerce.number().int().min(1).optional();
const which = z.object({ phase: number, task: number });
const json = z.object({ json: z.boolean().optional() });
const cleaning = z.object({ force: z.boolean().optional(), print: z.boolean().optional() });

/** `sluice worktree ...`: the verbs about the worktrees that deployments work in. */
export function addWorktree(program: Command, desk: Desk, end: (exit: Exit) => void): void {
  const worktree = worktreeCommand(program);
  worktree
    .command('enforce')
    .description('Fail where this is not an isolated deployment worktree, and say why')
    .option('--phase <number>', 'only in one of this phase')
    .option('--task <number>', 'only in one of this task')
    .action(async (options: unknown) => {
      const { enforce } = await import('./worktree-verbs');
      end(await enforce(desk, which.parse(options)));
    });
  worktree
    .command('list')
    .description('Every deployment worktree, its commit, and what is unfinished in it')
    .option('--json', 'print JSON')
    .action(async (options: unknown) => {
      const { list } = await import('./worktree-verbs');
      end(await list(desk, json.parse(options)));
    });
  worktree
    .command('clean')
    .description('Delete those that nobody needs, with their branches; keep what is nowhere else')
    .option('--force', 'also those with uncommitted work')
    .option('--print', 'only say what it would delete')
    .action(async (options: unknown) => {
      const { clean } = await import('./worktree-verbs');
      end(await clean(desk, cleaning.parse(options)));
    });
}
