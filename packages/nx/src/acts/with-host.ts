import type { SluiceError } from '@sluice/core';
import { auditFile, createAuditLog, listStates } from '@sluice/adapters/files';
import { connectHost, findHost, type HostClient } from '@sluice/host/client';
import type { Site } from '../stage/ground';

/**
 * Lets an act ask the host. None is started for a project that was never deployed, which is refused as `never` says; one that
 * was started for this ends again when nothing is live.
 */
export async function withHost<T>(
  { project, root }: Pick<Site, 'project' | 'root'>,
  never: () => SluiceError,
  work: (host: HostClient) => Promise<T>,
  start: (root: string) => Promise<HostClient> = connectHost,
): Promise<T> {
  const running = await findHost(root);
  if (running) return work(running);
  if (!(await wasDeployed(root, { project }))) throw never();
  const host = await start(root);
  try {
    return await work(host);
  } finally {
    await host.close().catch(() => undefined); // what came of the act is what counts
  }
}

/** By its states; by the audit log where these were lost, which the host knows more about. */
export async function wasDeployed(root: string, place: { project: string; environment?: string }): Promise<boolean> {
  const isThere = (state: { project: string; environment: string }) =>
    state.project === place.project && [state.environment, undefined].includes(place.environment);
  if ((await listStates(root)).some(isThere)) return true;
  const entries = await createAuditLog(auditFile(root))
    .read(place)
    .catch(() => null);
  return entries === null || entries.length > 0;
}
