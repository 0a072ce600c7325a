import { createJsonClient } from './control/json-client';
import { healthSchema, type HostHealth } from './protocol';

/** A host that has not said how it is by then does not answer. */
export const answerTime = 2_000;

/** How the host at a socket says that it is. Rejects as `createJsonClient` does. */
export const askHealth = (socket: string): Promise<HostHealth> =>
  createJsonClient(socket).call(healthSchema, 'GET', '/health', { signal: AbortSignal.timeout(answerTime) });
