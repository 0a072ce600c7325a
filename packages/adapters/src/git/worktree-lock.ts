import { join } from 'node:path';
import { withLock } from './lock';
import { locate } from './repository';
import { occupied } from './worktree-place';

const patience = 300_000;

/** Runs `act` while no other process makes, moves or removes a deployment worktree of the repository. */
export async function whileNobodyElse<T>(root: string, act: () => Promise<T>): Promise<T> {
  const lock = join((await locate(root)).commonFolder, 'sluice-worktree.lock');
  const refuse = (owner: string) =>
    occupied(
      join(root, 'worktrees'),
      `process ${owner} has been at work on it for long (see ${lock})`,
      `Wait for process ${owner}, or end it if it hangs, then run again.`,
    );
  return withLock(lock, patience, refuse, act);
}
