import { once } from 'node:events';
import { createServer } from 'node:net';
import { findFreePort, isPortFree } from './free-port';

it('finds a port that can be listened on', async () => {
  const port = await findFreePort();
  expect(await isPortFree(port)).toBe(true);
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(await isPortFree(port)).toBe(false);
  server.close();
});
