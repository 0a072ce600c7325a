import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const every = 100;
const patience = 60_000;
/** No git command of ours runs for so long, so that a lock of this age was left by one that was killed. */
const stale = 60 * 60_000;

/**
 * Waits until no git command is at work on the index of a deployment worktree: one may have outlived the process that started
 * it, in a hook. After a minute it is left to git to refuse.
 */
export async function awaitIndex(gitFolder: string, limit = patience): Promise<void> {
  const file = join(gitFolder, 'index.lock');
  const since = Date.now();
  for (;;) {
    const found = await stat(file).catch(() => null);
    if (!found || Date.now() - since >= limit) return;
    if (Date.now() - found.mtimeMs > stale) await rm(file, { force: true });
    else await pause(every);
  }
}
