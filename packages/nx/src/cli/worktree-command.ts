import type { Command } from 'commander';

/** The command `worktree`, under which each of its verbs registers itself. */
export const worktreeCommand = (program: Command): Command =>
  program.commands.find((command) => command.name() === 'worktree') ??
  program.command('worktree').description('The worktrees that deployments work in, and what they leave');
