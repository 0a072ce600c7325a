import { buildConnector, Pool } from 'undici';
import { codeOf } from './failure';
import type { Limits } from './limits';
import type { Instance } from './route';

/** An instance with the connections to it. */
export interface Upstream {
  readonly instance: Instance;
  readonly pool: Pool;
  /** `performance.now()` until which it is passed over, since it refused a connection. */
  ejectedUntil: number;
  /** Whether a request failed on a connection that had served another one before. */
  reused(error: Error): boolean;
}

export const upstreamKey = ({ id, host, port }: Instance): string => JSON.stringify([id, host, port]);

export function openUpstream(instance: Instance, limits: Limits): Upstream {
  const onReused = new WeakSet<Error>();
  const connect = buildConnector({ timeout: limits.connect });
  const host = instance.host.includes(':') ? `[${instance.host}]` : instance.host;
  const pool = new Pool(`http://${host}:${instance.port}`, {
    pipelining: 1,
    headersTimeout: limits.headers,
    bodyTimeout: 0,
    keepAliveTimeout: limits.instanceIdle,
    keepAliveTimeoutThreshold: limits.instanceIdle,
    connect(options, callback) {
      connect(options, (...result) => {
        const [, socket] = result;
        // errors of the socket itself (ECONNRESET) don't say which connection they are of
        socket?.on('error', (error: Error) => {
          if (socket.bytesRead > 0) onReused.add(error);
        });
        callback(...result);
      });
    },
  });

  return {
    instance,
    pool,
    ejectedUntil: 0,
    reused: (error) => onReused.has(error) || (codeOf(error) === 'UND_ERR_SOCKET' && bytesRead(error) > 0),
  };
}

/** What undici's own socket errors say of the connection. */
function bytesRead(error: Error): number {
  const socket: unknown = 'socket' in error ? error.socket : undefined;
  if (typeof socket !== 'object' || socket === null || !('bytesRead' in socket)) return 0;
  return typeof socket.bytesRead === 'number' ? socket.bytesRead : 0;
}
