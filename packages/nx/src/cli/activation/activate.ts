import { activationCode, z } from '@sluice/core';
import type { Desk } from '../desk';
import type { Exit } from '../exit-codes';
import { findSite } from '../find-site';
import type { Site } from '../../stage/ground';
import { readActivation } from './read-activation';
import { watchHandover } from './watch-handover';

export const activateOptions = z.object({
  configuration: z.string().min(1).optional(),
  watch: z.boolean().optional(),
  run: z.boolean().optional(),
});

/** Starts `nx run <task>` in a checkout; answers whether it succeeded. */
export type StartNx = (checkout: string, task: string) => Promise<boolean>;

/**
 * Prints the code word when phase 6 of the project is to start, else why not. `watch`: waits until it is. `run`: deploys
 * then, and ends as that ended.
 */
export async function activate(
  { cwd, say, warn }: Desk,
  project: string,
  { configuration, watch: isPatient, run }: z.infer<typeof activateOptions>,
  startNx: StartNx = runNx,
): Promise<Exit> {
  const site = await findSite(cwd, project, configuration ?? null);
  const found = await (isPatient ? untilActive(site, warn) : readActivation(site));
  if (!found.active) {
    warn(`not activated: ${found.reason}`);
    return 'failed';
  }
  say(activationCode);
  warn(`${found.reason}: ${found.command}`);
  if (!run) return 'done';
  const task = `${project}:deploy-prod${configuration === undefined ? '' : `:${configuration}`}`;
  return (await startNx(site.checkout, task)) ? 'done' : 'failed';
}

/** Says each reason to wait once. */
async function untilActive({ root, worktree, ...site }: Site, warn: Desk['warn']) {
  let said = '';
  for (;;) {
    // before it is looked: what comes between is a change too
    const change = watchHandover([...new Set([root, worktree])]);
    try {
      const found = await readActivation({ root, worktree, ...site });
      if (found.active) return found;
      if (found.reason !== said) warn(`waiting: ${found.reason}`);
      said = found.reason;
      await change.changed;
    } finally {
      change.end();
    }
  }
}

/** By the workspace's own nx; its output is this command's. */
const runNx: StartNx = async (checkout, task) => {
  const [{ findNx }, { execa }] = await Promise.all([import('@sluice/adapters/checks'), import('execa')]);
  const { bin } = await findNx(checkout);
  const { exitCode } = await execa(process.execPath, [bin, 'run', task], {
    ...{ cwd: checkout, stdio: 'inherit', reject: false },
  });
  return exitCode === 0;
};
