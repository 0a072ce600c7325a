import { join } from 'node:path';
import { sluiceError } from '@sluice/core';
import { answerTime, askHealth } from './ask-health';
import { createRouterClient } from './router/client';
import { hostFolderOf, socketsOf } from './sockets';

export interface Restarted {
  version: string;
  controller: number;
  router: number;
}

/** A controller lets go of what it is doing for 20 s at most, and the next one is started within seconds. */
const controllerTime = 60_000;
const routerTime = 60_000;
const between = 100;

/**
 * Puts new processes in the place of both that run for a workspace, without a request lost. The router first: it starts
 * the next controller, and the files of an older version may be gone from where the old router would look for it.
 * @param routerEntry the main file of the new router's process; that of this package without it
 * @returns `null` when no host runs. Rejects with `HANDOVER_FAILED` or `HOST_UNREACHABLE`
 */
export async function restartHost(root: string, routerEntry = ownRouter()): Promise<Restarted | null> {
  const folder = hostFolderOf(root);
  const sockets = await socketsOf(folder);
  const router = createRouterClient(sockets.router);
  const healthOfController = () => askHealth(sockets.controller).catch(() => null);

  const before = await healthOfController();
  if (before === null) return null;
  await router.succeed(routerEntry, AbortSignal.timeout(routerTime));
  const { pid, version } = await router.health(AbortSignal.timeout(answerTime));

  const told = new Set<number>();
  for (const until = performance.now() + controllerTime; performance.now() < until;) {
    const health = await healthOfController();
    const isOld = health?.pid === before.pid || health?.version !== version;
    if (health && !isOld) return { version, controller: health.pid, router: pid };
    // one of the old version may have been started meanwhile, by a target that has been waiting since before the update
    if (health && !told.has(health.pid)) tell(health.pid);
    if (health) told.add(health.pid);
    await new Promise((resolve) => setTimeout(resolve, between));
  }
  const reason = 'the new router serves, but no new controller came up in time';
  throw sluiceError('HOST_UNREACHABLE', { socket: sockets.controller, log: join(folder, 'controller.log'), reason });
}

const ownRouter = () => require.resolve('@sluice/host/router');

function tell(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // it has just gone by itself
  }
}
