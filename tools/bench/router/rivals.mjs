import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/free-port.mjs';
import { until } from '../support/until.mjs';
import { start } from './start.mjs';

const folder = fileURLToPath(new URL('../../../tmp/bench', import.meta.url));
const libraries = ['http-proxy-3@1.23.2', 'fastify@5', '@fastify/reply-from@12'];

/** Installs what the router is compared with, in a folder of its own: the project needs none of it. */
export function installLibraries() {
  if (existsSync(join(folder, 'node_modules/@fastify/reply-from'))) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const options = ['--silent', '--no-audit', '--no-fund', '--prefer-offline'];
  execFileSync('npm', ['install', ...options, ...libraries], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

export const startLibrary = (name, upstream) =>
  start('proxies.mjs', name, String(upstream), join(folder, 'package.json'));

/** HAProxy with one thread, where the machine has it. */
export async function startHaproxy(upstream) {
  try {
    execFileSync('haproxy', ['-v'], { stdio: 'ignore' });
  } catch {
    return null;
  }
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const config = join(dir, 'haproxy.cfg');
  writeFileSync(
    config,
    `global
  nbthread 1
defaults
  mode http
  option forwardfor
  timeout connect 2s
  timeout client 60s
  timeout server 60s
listen bench
  bind 127.0.0.1:${port}
  server upstream 127.0.0.1:${upstream}
`,
  );
  const child = spawn('haproxy', ['-db', '-f', config], { stdio: ['ignore', 'ignore', 'inherit'] });
  await until('haproxy to listen', () => isListening(port));
  return {
    port,
    pid: child.pid,
    async stop() {
      child.kill();
      await once(child, 'exit');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const isListening = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true) ?? socket.destroy());
    socket.on('error', () => resolve(false));
  });
