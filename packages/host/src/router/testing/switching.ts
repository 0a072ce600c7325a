import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { open } from './visitor';
import { until, type World } from './world';

export const offer = {
  ...{ Connection: 'keep-alive, Upgrade, X-Private', Upgrade: 'websocket' },
  'Sec-WebSocket-Key': 'abc',
};

/** An instance that takes up every offer, and hands out its side of the connections. */
export async function switching(world: World, name = 'stable', onRequest?: RequestListener) {
  const instance = await world.instance(name, onRequest);
  const sockets: { request: IncomingMessage; socket: Socket }[] = [];
  instance.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => undefined);
    if (head.length > 0) socket.unshift(head);
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: def\r\n\r\n',
    );
    sockets.push({ request, socket });
  });
  const next = async () => {
    await until(() => sockets.length > 0);
    const [taken] = sockets.splice(0, 1);
    if (taken === undefined) throw new Error('no connection');
    return taken;
  };
  return { instance, next };
}

/** A client whose offer is taken up. */
export async function upgraded(world: Pick<World, 'port'>, headers: Record<string, string> = offer) {
  const sent = open(world.port(), { headers });
  sent.end();
  return new Promise<{ response: IncomingMessage; socket: Socket }>((resolve, reject) => {
    sent.once('upgrade', (response, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      socket.on('error', () => undefined);
      resolve({ response, socket });
    });
    sent.once('error', reject).once('response', () => reject(new Error('not taken up')));
  });
}

export const textFrom = async (socket: Socket) => String((await once(socket, 'data'))[0]);
/** Ends when the other side does. */
export const closing = (socket: Socket) =>
  new Promise((resolve) => {
    socket.once('end', () => socket.end()).once('close', resolve);
    socket.resume();
  });
