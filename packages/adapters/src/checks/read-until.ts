import type { Socket } from 'node:net';

/** Reads until `enough` gives something, and gives that; `null` when the other side ends before. Errors are the caller's. */
export const readUntil = (socket: Socket, enough: (read: Buffer) => Buffer | null): Promise<Buffer | null> =>
  new Promise((settle) => {
    let read = Buffer.alloc(0);
    socket.on('data', (part: Buffer) => {
      read = Buffer.concat([read, part]);
      const found = enough(read);
      if (found) settle(found);
    });
    socket.once('end', () => settle(null));
  });
