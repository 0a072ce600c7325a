import { basename } from 'node:path';
import { worktreeBranch, worktreeKeyOf, worktreeName, type WorktreeKey } from '../files/paths';
import { writtenIn } from '../files/run-records';
import { listChanges } from './changes';
import { branchIn, findRepository } from './repository';

/** Whether a folder is in a deployment worktree that holds its commit and nothing else. */
export interface Isolation {
  /** Top level of the checkout. */
  checkout: string;
  branch: string | null;
  /** All that is wrong; nothing where it is isolated. */
  problems: string[];
}

/** Looks at the checkout that a folder is in; `wanted` narrows which worktree it has to be. Rejects like `findRepository`. */
export async function isolationOf(
  cwd: string,
  wanted: { [K in keyof WorktreeKey]?: number | undefined },
): Promise<Isolation> {
  const { root, checkout, isWorktree } = await findRepository(cwd);
  const branch = await branchIn(checkout);
  const found = { checkout, branch };
  if (!isWorktree) return { ...found, problems: ['it is the main checkout, not a worktree'] };
  const key = worktreeKeyOf(checkout);
  if (!key) return { ...found, problems: [`it is the worktree ${basename(checkout)}, not one named phase-N-task-M`] };
  const { phase = key.phase, task = key.task } = wanted;
  const [name, due] = [worktreeName({ phase, task }), worktreeBranch(key)];
  const changes = await listChanges(checkout, await writtenIn(root, checkout));
  return {
    ...found,
    problems: [
      ...(name === worktreeName(key) ? [] : [`it is ${worktreeName(key)}, and ${name} is wanted`]),
      ...(branch === due ? [] : [`${branch === null ? 'no branch' : `branch ${branch}`} is checked out, not ${due}`]),
      ...changes.map((path) => `changed or untracked, and not the pipeline's own: ${path}`),
    ],
  };
}
