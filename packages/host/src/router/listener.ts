import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Server as TcpServer, type Socket } from 'node:net';
import { sluiceError, type SluiceError } from '@sluice/core';
import { codeOf } from './failure';
import { Incoming, responseTo } from './incoming';
import { limitsOf, mostHeaderBytes, type Limits } from './limits';
import { createRoster } from './roster';
import type { Route } from './route';

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Puts the limits of this route in force. */
  adjust(route: Pick<Route, 'limits'>): void;
  /** Accepts no more connections, and resolves when the requests in flight are done, or `limits.drain` has passed. */
  stop(): Promise<void>;
  /**
   * Leaves the port to another process that accepts there, and resolves when no connection is left, or after the time
   * that an idle one may stay. Idle ones are not ended, for a request may be on its way: the next answer on each says
   * that it is the last.
   */
  leave(): Promise<void>;
  /** What another process is handed to accept here, too. */
  readonly socket: TcpServer;
}

/** So much later than planned a connection that has been idle too long may end. */
const grace = 2_000;

/**
 * So much of a body is held before its sender is held back: what is read at a time, or every body of some size would stop
 * and go. As Node's own from 22 on.
 */
const highWaterMark = 64 * 1024;

/** Clients that take too long over their header fields are looked for so often at least. */
const lookout = 5_000;

type Place = Pick<Route, 'host' | 'port' | 'environment' | 'limits'>;

/**
 * Listens for clients.
 * @param inherited listens already, in another process
 * @throws `PORT_IN_USE`, `LISTEN_FAILED`
 */
export async function listen(
  place: Place,
  limits: Limits,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  inherited?: TcpServer,
): Promise<Listener> {
  const { host, port } = place;
  const active = createRoster<ServerResponse>();
  /** Connections that Node's server knows nothing of any more. */
  const upgraded = new Set<Socket>();
  let stopping = false;
  let leaving = false;

  const server = createServer(
    {
      IncomingMessage: Incoming,
      highWaterMark,
      keepAliveTimeout: limits.clientIdle,
      connectionsCheckingInterval: Math.min(limits.headers, lookout),
      requestTimeout: 0, // uploads take as long as they take
      maxHeaderSize: mostHeaderBytes,
    },
    (request, response) => {
      const leave = active.enter(response);
      response.once('close', () => {
        leave();
        if (stopping) server.closeIdleConnections();
      });
      if (stopping || leaving) response.shouldKeepAlive = false;
      handle(request, response);
    },
  );

  server.maxHeadersCount = 0; // beyond it Node would drop header fields without a word; their size is limited
  server.on('upgrade', (request: Incoming, _socket: unknown, head: Buffer) => {
    const { socket } = request;
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    handle(request, responseTo(request, head));
  });

  const adjust: Listener['adjust'] = (route) => {
    const { connections, headers } = limitsOf(route, limits);
    server.maxConnections = connections;
    server.headersTimeout = headers;
  };
  adjust(place);

  try {
    if (inherited) server.listen(inherited);
    else server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw cannotListen(place, codeOf(error));
  }
  // such as EMFILE when accepting: that connection is lost, the listener is not
  server.on('error', (error) => console.error(`listener ${host}:${port}: ${error.message}`));

  async function end(close: () => void, limit: number): Promise<void> {
    const closed = once(server, 'close');
    close();
    for (const response of active.present()) if (!response.headersSent) response.shouldKeepAlive = false;
    const timer = setTimeout(() => {
      server.closeAllConnections();
      for (const socket of upgraded) socket.destroySoon();
    }, limit);
    await closed;
    clearTimeout(timer);
  }

  return {
    host,
    port,
    socket: server,
    adjust,
    stop() {
      stopping = true;
      return end(() => server.close(), limits.drain);
    },
    leave() {
      leaving = true;
      // not the close of HTTP servers, which ends idle connections
      return end(() => TcpServer.prototype.close.call(server), Math.max(limits.drain, limits.clientIdle + grace));
    },
  };
}

const cannotListen = ({ host, port, environment }: Place, code: string): SluiceError =>
  code === 'EADDRINUSE'
    ? sluiceError('PORT_IN_USE', { port, environment })
    : sluiceError('LISTEN_FAILED', { port, host, code });
