import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient, type RouterClient } from '../client';
import type { Limits } from '../limits';
import type { Instance, Route, Slot } from '../route';
import { startRouter, type Router } from '../router';
import { send, type Reply, type Sending } from './visitor';

/** A router with real files, a real socket and real instances, all on 127.0.0.1. */
export interface World {
  readonly dir: string;
  readonly socket: string;
  readonly client: RouterClient;
  /** Starts an instance; without a handler it answers 200 with its name. */
  instance(name: string, handler?: RequestListener): Promise<TestInstance>;
  /** An instance that speaks whatever the listener makes of its connections. */
  tcpInstance(name: string, server: TcpServer): Promise<Instance>;
  /** An address where nothing listens. */
  nobody(name: string): Promise<Instance>;
  /** Applies a route with these slots, later than the one before. */
  apply(slots: Slot[], changes?: Partial<Route>): Promise<Route>;
  send(sending?: Sending): Promise<Reply>;
  port(): number;
  /** Lets the router leave and another one start; `between` runs while there is none. */
  restart(between?: () => unknown): Promise<void>;
  close(): Promise<void>;
}

export interface TestInstance extends Instance {
  readonly server: Server;
  /** Requests that it has seen. */
  seen: () => number;
  stop: () => Promise<void>;
}

export async function openWorld(changes: Partial<Limits> = {}): Promise<World> {
  const limits = { bucket: 100, drain: 500, ...changes };
  const dir = await mkdtemp(join(tmpdir(), 'sluice-router-'));
  const socket = join(dir, 'router.sock');
  const start = () => startRouter({ dir, socket, version: '0.0.0-test', limits });
  const servers: (Server | TcpServer)[] = [];
  const connections = new Set<Socket>();
  const client = createRouterClient(socket);
  const port = await freePort();
  let router: Router = await start();
  let sequence = 0;

  return {
    dir,
    socket,
    client,
    port: () => port,

    async instance(name, handler = (_, response) => response.end(name)) {
      let seen = 0;
      const server = createServer((request, response) => {
        seen += 1;
        handler(request, response);
      });
      servers.push(server);
      server.on('connection', (socket: Socket) => connections.add(socket));
      return {
        ...(await listenAnywhere(name, server)),
        server,
        seen: () => seen,
        stop: () => stop(server),
      };
    },

    tcpInstance(name, server) {
      servers.push(server);
      return listenAnywhere(name, server);
    },

    nobody: async (name) => ({ id: name, host: '127.0.0.1', port: await freePort() }),

    async apply(slots, changes = {}) {
      sequence += 1;
      const names = { project: 'app', environment: 'production' };
      const place = { host: '127.0.0.1', port };
      const route: Route = { ...names, ...place, generation: 1, sequence, revision: 0, slots, ...changes };
      await client.put(route);
      return route;
    },

    send: (sending = {}) => send(port, sending),

    async restart(between) {
      await router.close();
      await between?.();
      router = await start();
    },

    async close() {
      await router.close();
      for (const socket of connections) socket.destroy();
      await Promise.all(servers.map(stop));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A slot with these instances; the release is named as the slot unless told. */
export const slot = (name: Slot['slot'], weight: number, instances: Instance[], release: string = name): Slot => ({
  slot: name,
  release,
  weight,
  instances: instances.map(({ id, host, port }) => ({ id, host, port })),
});

export async function freePort(): Promise<number> {
  const server = createTcpServer();
  const { port } = await listenAnywhere('', server);
  await stop(server);
  return port;
}

async function listenAnywhere(id: string, server: Server | TcpServer): Promise<Instance> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: string | AddressInfo | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return { id, host: '127.0.0.1', port: address.port };
}

async function stop(server: Server | TcpServer): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  if ('closeAllConnections' in server) server.closeAllConnections();
  await closed;
}

/** Resolves when the condition holds; the test's own time limit is the limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
