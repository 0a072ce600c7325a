// Starts the router as its own process, with one route that has one instance: the service of the benchmark.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function put(socketPath, route) {
  return new Promise((resolve, reject) => {
    const path = `/routes/${route.project}/${route.environment}`;
    const sent = request({ socketPath, path, method: 'PUT' }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`the router answered ${response.statusCode}`));
    });
    sent.on('error', reject).end(JSON.stringify(route));
  });
}

export async function startRouter(main, upstreamPort) {
  const dir = mkdtempSync(join(tmpdir(), 'bench-router-'));
  const socket = join(dir, 'router.sock');
  const child = fork(main, ['--dir', dir, '--socket', socket], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  await once(child.stdout, 'data');

  const port = await freePort();
  const instances = [{ id: 'upstream', host: '127.0.0.1', port: upstreamPort }];
  const slots = [{ slot: 'stable', release: 'bench', weight: 100, instances }];
  await put(socket, { project: 'bench', environment: 'bench', port, generation: 1, sequence: 1, slots });

  const stop = async () => {
    child.kill();
    await once(child, 'exit');
    rmSync(dir, { recursive: true, force: true });
  };
  return { name: 'sluice', port, stop };
}
