import { createServer } from 'node:net';

/** Where instances listen. */
export const loopback = '127.0.0.1';

/**
 * A port of 127.0.0.1 that nobody listened on a moment ago. Another process may take it before the instance does: the
 * caller then tries once more with another one.
 */
export async function findFreePort(): Promise<number> {
  const port = await listenOnce(0);
  if (port === null) throw new Error(`no port of ${loopback} is free`);
  return port;
}

/** Whether nobody listens on this port of 127.0.0.1. */
export const isPortFree = async (port: number): Promise<boolean> => (await listenOnce(port)) !== null;

/** The port that was bound, 0 meaning any; `null` when it is taken. Other errors (no descriptors left) reject. */
function listenOnce(port: number): Promise<number | null> {
  return new Promise((found, fail) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? found(null) : fail(error)));
    server.listen(port, loopback, () => {
      const address = server.address();
      server.close(() => found(typeof address === 'object' && address ? address.port : null));
    });
  });
}
