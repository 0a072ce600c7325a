import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Refusal } from '../control/refusal';
import { codeOf } from './failure';
import type { Limits } from './limits';

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Accepts no more connections, and resolves when the requests in flight are done, or `limits.drain` has passed. */
  stop(): Promise<void>;
}

/**
 * Listens for clients.
 * @throws Refusal `PORT_IN_USE`, `LISTEN_FAILED`
 */
export async function listen(
  host: string,
  port: number,
  limits: Limits,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Listener> {
  const active = new Set<ServerResponse>();
  let stopping = false;

  const server = createServer(
    // no limit on a whole request: uploads take as long as they take
    { keepAliveTimeout: limits.clientIdle, headersTimeout: limits.headers, requestTimeout: 0 },
    (request, response) => {
      active.add(response);
      response.once('close', () => {
        active.delete(response);
        if (stopping) server.closeIdleConnections();
      });
      if (stopping) response.shouldKeepAlive = false;
      handle(request, response);
    },
  );

  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw cannotListen(host, port, codeOf(error));
  }
  // such as EMFILE when accepting: that connection is lost, the listener is not
  server.on('error', (error) => console.error(`listener ${host}:${port}: ${error.message}`));

  return {
    host,
    port,
    async stop() {
      stopping = true;
      const closed = once(server, 'close');
      server.close();
      for (const response of active) if (!response.headersSent) response.shouldKeepAlive = false;
      const timer = setTimeout(() => server.closeAllConnections(), limits.drain);
      await closed;
      clearTimeout(timer);
    },
  };
}

const remedies: Record<string, string | undefined> = {
  EADDRINUSE: 'Stop what listens there, or choose another port.',
  EACCES: 'Choose a port above 1023, or let this user listen on low ones.',
  EADDRNOTAVAIL: 'Use an address of this machine.',
};

function cannotListen(host: string, port: number, code: string): Refusal {
  const remedy = remedies[code] ?? 'See the code; nothing was changed.';
  if (code === 'EADDRINUSE') return new Refusal(409, 'PORT_IN_USE', `Port ${port} of ${host} is in use.`, remedy);
  return new Refusal(409, 'LISTEN_FAILED', `The router can't listen on port ${port} of ${host} (${code}).`, remedy);
}
