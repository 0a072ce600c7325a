import { formatInstant, sluiceError } from '@sluice/core';
import { findRepository } from '@sluice/adapters/git';
import { findHost, hostHealth, ownVersion, restartHost } from '@sluice/host/client';
import type { Desk } from './desk';
import type { Exit } from './exit-codes';

export async function hostStatus({ cwd, say }: Desk, { json }: { json?: boolean | undefined }): Promise<Exit> {
  const { root } = await findRepository(cwd);
  const health = await hostHealth(root);
  if (!health) {
    say(json ? JSON.stringify({ running: false, root }, null, 2) : `no host runs for ${root}`);
    return 'hostDown';
  }
  const { pid, router, version, startedAt } = health;
  const installed = ownVersion();
  const lines = [
    `controller ${pid} of Sluice ${version}, since ${formatInstant(startedAt)}`,
    router === null ? 'the router does not answer: its log is .sluice/host/router.log' : `router ${router}`,
    ...(version === installed ? [] : [`this is Sluice ${installed}: sluice host restart brings it`]),
  ];
  say(json ? JSON.stringify({ running: true, ...health, installed }, null, 2) : lines.join('\n'));
  return router === null ? 'hostDown' : 'done';
}

/** New processes in the place of both, of the version that is installed, without a failed request. */
export async function hostRestart({ cwd, say }: Desk): Promise<Exit> {
  const { root } = await findRepository(cwd);
  const restarted = await restartHost(root);
  if (!restarted) {
    say('no host runs');
    return 'hostDown';
  }
  const { controller, router, version } = restarted;
  say(`controller ${controller} and router ${router} of Sluice ${version} have taken over`);
  return 'done';
}

/** Ends controller and router where nothing is live. Rejects with `HOST_IN_USE`. */
export async function hostStop({ cwd, say }: Desk): Promise<Exit> {
  const { root } = await findRepository(cwd);
  const host = await findHost(root);
  if (host && !(await host.close())) throw sluiceError('HOST_IN_USE', {});
  say(host ? 'the host has ended' : 'no host runs');
  return 'done';
}
