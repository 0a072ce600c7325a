import type { Duplex } from 'node:stream';
import { buildConnector, Pool } from 'undici';
import { codeOf } from './failure';
import type { Instance } from './route';

/** An instance with the connections to it. */
export interface Upstream {
  readonly instance: Instance;
  readonly pool: Pool;
  /** `performance.now()` until which it is passed over, since it refused a connection. */
  ejectedUntil: number;
  /** Connections that have left HTTP behind; the pool knows nothing of them any more. */
  readonly tunnels: Set<Duplex>;
  /** Whether a request failed on a connection that had served another one before. */
  reused(error: Error): boolean;
}

export const upstreamKey = ({ id, host, port }: Instance): string => JSON.stringify([id, host, port]);

/**
 * @param connectLimit how long a connection may take now, in ms
 * @param idleLimit how long one is kept idle
 */
export function openUpstream(instance: Instance, connectLimit: () => number, idleLimit: number): Upstream {
  const onReused = new WeakSet<Error>();
  const host = instance.host.includes(':') ? `[${instance.host}]` : instance.host;
  const pool = new Pool(`http://${host}:${instance.port}`, {
    pipelining: 1,
    keepAliveTimeout: idleLimit,
    keepAliveTimeoutThreshold: idleLimit,
    connect(options, callback) {
      const connect = buildConnector({ timeout: connectLimit() });
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
    tunnels: new Set(),
    reused: (error) => onReused.has(error) || (codeOf(error) === 'UND_ERR_SOCKET' && bytesRead(error) > 0),
  };
}

/** What undici's own socket errors say of the connection. */
function bytesRead(error: Error): number {
  const socket: unknown = 'socket' in error ? error.socket : undefined;
  if (typeof socket !== 'object' || socket === null || !('bytesRead' in socket)) return 0;
  return typeof socket.bytesRead === 'number' ? socket.bytesRead : 0;
}
