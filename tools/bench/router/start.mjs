import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atInterrupt } from '../support/cleanup.mjs';
import { freePort } from '../support/free-port.mjs';

const { resolve } = createRequire(import.meta.url);
const place = { project: 'bench', environment: 'production' };

/** A script of this folder, which tells its port: `{ port, pid, stop }`. */
export async function start(file, ...args) {
  const child = fork(new URL(file, import.meta.url), args);
  const [port] = await once(child, 'message');
  return { port, pid: child.pid, stop: () => end(child) };
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}

/** Sluice's own router, as the host runs it but without a controller. `put` tells it its slots. */
export async function startRouter({ execArgv = [] } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const socketPath = join(dir, 'router.sock');
  const stdio = ['ignore', 'pipe', 'inherit', 'ipc'];
  const main = resolve('@sluice/host/router');
  const child = fork(main, ['--dir', dir, '--socket', socketPath], { stdio, execArgv });
  const stopped = atInterrupt(() => end(child));
  await once(child.stdout, 'data');
  const port = await freePort();
  let sequence = 0;
  return {
    port,
    pid: child.pid,
    url: `http://127.0.0.1:${port}/`,
    /** Resolves when the router has acknowledged the split. `slots` are `[slot, weight, upstream's port]`. */
    put(slots, more = {}) {
      const route = {
        ...{ ...place, port, generation: 1, sequence: ++sequence, ...more },
        slots: slots.map(([slot, weight, upstream]) => ({
          ...{ slot, weight, release: slot },
          instances: [{ id: slot, host: '127.0.0.1', port: upstream }],
        })),
      };
      return put(socketPath, route);
    },
    async stop() {
      await end(child);
      rmSync(dir, { recursive: true, force: true });
      stopped();
    },
  };
}

function put(socketPath, route) {
  return new Promise((resolved, reject) => {
    const path = `/routes/${route.project}/${route.environment}`;
    const sent = request({ socketPath, path, method: 'PUT' }, async (response) => {
      let text = '';
      for await (const part of response.setEncoding('utf8')) text += part;
      if (response.statusCode === 200) resolved();
      else reject(Object.assign(new Error(`the router answered ${response.statusCode}: ${text}`), { text }));
    });
    sent.on('error', reject).end(JSON.stringify(route));
  });
}
