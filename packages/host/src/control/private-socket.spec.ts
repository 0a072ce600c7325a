import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenPrivately } from './private-socket';

let dir: string;
let path: string;
let servers: Server[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-socket-'));
  path = join(dir, 'a.sock');
  servers = [];
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const server of servers) if (server.listening) server.close();
  await rm(dir, { recursive: true, force: true });
});

function aServer(): Server {
  const server = createServer();
  servers.push(server);
  return server;
}

/** What a killed process leaves: a socket that nobody listens on. */
async function leaveStale(at: string): Promise<void> {
  const server = aServer().listen(`${at}-first`);
  await once(server, 'listening');
  await rename(`${at}-first`, at);
  server.close();
  await once(server, 'close');
}

describe('a private socket', () => {
  it('may be used by its owner alone, and leaves nothing else', async () => {
    await listenPrivately(aServer(), path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(dir)).toEqual(['a.sock']);
  });

  it('takes over what a killed process left', async () => {
    await leaveStale(path);
    await listenPrivately(aServer(), path);
    expect(await readdir(dir)).toEqual(['a.sock']);
  });

  it('is refused while another process answers there, which keeps it', async () => {
    await listenPrivately(aServer(), path);
    await expect(listenPrivately(aServer(), path)).rejects.toMatchObject({ code: 'SOCKET_IN_USE' });
    expect(await readdir(dir)).toEqual(['a.sock']);
  });

  it('goes to one only of several that take over a stale one at the same time', async () => {
    for (let round = 0; round < 50; round++) {
      const at = join(dir, `${round}.sock`);
      await leaveStale(at);
      const results = await Promise.allSettled(
        [aServer(), aServer(), aServer()].map((one) => listenPrivately(one, at)),
      );
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    }
  });

  it('is refused while another one is about to take it, but not by the lock of one that was killed meanwhile', async () => {
    await writeFile(`${path}.lock`, '');
    await expect(listenPrivately(aServer(), path)).rejects.toMatchObject({ code: 'SOCKET_IN_USE' });
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(`${path}.lock`, longAgo, longAgo);
    await listenPrivately(aServer(), path);
    expect(await readdir(dir)).toEqual(['a.sock']);
  });

  it('takes the place of one that agreed to it, which does not remove it when it ends', async () => {
    const [before, next] = [aServer(), aServer()];
    await listenPrivately(before, path);
    await listenPrivately(next, path, { succeeds: true });
    before.close();
    await once(before, 'close');
    await expect(listenPrivately(aServer(), path)).rejects.toMatchObject({ code: 'SOCKET_IN_USE' });
    next.close();
    await once(next, 'close');
    expect(await readdir(dir)).toEqual([]);
  });

  it('takes the place of nothing that is no socket', async () => {
    await writeFile(path, 'of someone');
    const refused = listenPrivately(aServer(), path);
    await expect(refused).rejects.toMatchObject({
      code: 'SOCKET_BLOCKED',
      message: expect.stringContaining(path) as unknown,
    });
    expect(await readFile(path, 'utf8')).toBe('of someone');
    expect(await readdir(dir)).toEqual(['a.sock']);
  });

  it('takes the place of no socket of another user', async () => {
    await leaveStale(path);
    jest.spyOn(process, 'getuid').mockReturnValue(4711);
    await expect(listenPrivately(aServer(), path)).rejects.toMatchObject({ code: 'SOCKET_BLOCKED' });
    expect(await readdir(dir)).toEqual(['a.sock']);
  });

  it('says so where the folder can not be written', async () => {
    await expect(listenPrivately(aServer(), join(dir, 'no', 'folder.sock'))).rejects.toMatchObject({
      code: 'SOCKET_BLOCKED',
      message: expect.stringMatching(/folder\.sock.*ENOENT/) as unknown,
    });
  });
});
