import type { ExecutorContext } from '@nx/devkit';
import type { WorktreeOptions } from '../../options';
import { runStage } from '../../stage/run-stage';

/** Prints the path of the worktree last, for who goes on there. */
export default async (options: WorktreeOptions, context: ExecutorContext) => {
  let path = '';
  const end = await runStage('worktree', context, async (run) => {
    const { path: made, ...result } = await (await import('../../stages/worktree')).worktree(run, options);
    path = made;
    return result;
  });
  if (end.success) process.stdout.write(`${path}\n`);
  return end;
};
