import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** So often a connection without traffic is tried, in ms: a peer that vanished without a word ends it so, too. */
const probing = 30_000;

/**
 * Joins two connections that have left HTTP behind, until both have ended: each is read as fast as the other takes it,
 * and one that ends what it sends may go on reading.
 * @param linger how long, in ms, what one has sent before it broke may take to reach the other
 */
export async function joinSockets(client: Socket, instance: Duplex, linger: number): Promise<void> {
  const sockets = [client, instance];
  const over = Promise.all(sockets.map(ending));
  let timer: NodeJS.Timeout | undefined;
  const finish = () => {
    timer ??= setTimeout(() => sockets.forEach((socket) => socket.destroy()), linger);
    for (const socket of sockets) if (!socket.destroyed) socket.end(() => socket.destroy());
  };
  for (const socket of sockets) socket.once('close', finish);
  instance.allowHalfOpen = true;
  client.setTimeout(0).setKeepAlive(true, probing);
  client.pipe(instance);
  instance.pipe(client);
  if (sockets.some((socket) => socket.destroyed)) finish();
  await over;
  clearTimeout(timer);
}

const ending = (socket: Duplex): Promise<void> =>
  new Promise((resolve) => {
    if (socket.closed) resolve();
    socket.once('close', resolve).on('error', () => undefined); // told by `close`
  });
