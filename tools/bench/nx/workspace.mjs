import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atInterrupt } from '../support/cleanup.mjs';
import { freePort } from '../support/free-port.mjs';
import { endProcesses } from '../support/processes.mjs';
import { runNx } from './run-nx.mjs';

const top = fileURLToPath(new URL('../../..', import.meta.url));
const packages = ['core', 'adapters', 'host', 'nx'];
const identity = ['user.name=Bench', 'user.email=bench@example.com', 'commit.gpgsign=false'].flatMap((set) => [
  '-c',
  set,
]);

/** A service of one file, which needs no build. */
const service = `const { createServer } = require('node:http');
setTimeout(() => process.exit(9), 30 * 60_000).unref();
const server = createServer((request, response) => response.setHeader('x-release', 'tiny').end('ok'));
server.listen(Number(process.env.PORT));
process.on('SIGTERM', () => server.close());
`;

/**
 * A workspace of someone else in which the packed packages are installed, with a service `tiny`, and beside each deploy
 * target of `chain` (and the one that stands `alone`) a target `trivial-*` with the same dependencies, whose executor does
 * nothing. Those of `cached` are cached, as theirs are.
 */
export async function makeWorkspace({ chain, alone, needs, cached = [] }) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-bench-')));
  const dispose = async () => {
    await endProcesses(root);
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  };
  const disposed = atInterrupt(dispose);
  const write = (file, content) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
  };
  const ports = { staging: await freePort(), production: await freePort() };
  const trivial = [...chain, alone].map((target) => [
    trivialOf(target),
    { executor: './tools/trivial:nothing', cache: cached.includes(target), dependsOn: needs(target).map(trivialOf) },
  ]);
  write('package.json', { name: 'someone-elses', private: true });
  write('nx.json', { plugins: ['@sluice/nx'], neverConnectToCloud: true, analytics: false });
  write('.gitignore', 'node_modules\n.nx\ntarballs\n');
  write('services/tiny/project.json', {
    name: 'tiny',
    targets: {
      build: { command: 'node --check dist/main.js', options: { cwd: '{projectRoot}' } },
      ...Object.fromEntries(trivial),
    },
  });
  write('services/tiny/dist/main.js', service);
  write('services/tiny/sluice.json', {
    runtime: { command: ['node', 'main.js', root], health: { path: '/', interval: '200ms' } },
    environments: { staging: { port: ports.staging }, production: { port: ports.production } },
    load: { warmup: '0s', duration: '1s', connections: 1, rate: 50 },
    readiness: { targets: [], allowNoTests: true, minScore: 0 },
    staging: { soak: '1s' },
    canary: {
      ...{ method: 'threshold', duration: '1s', interval: '500ms', synthetic: { rate: 50 } },
      threshold: { minRequests: 1, consecutiveErrorLimit: 60 },
    },
    production: { stepDuration: '1s' },
  });
  write('tools/trivial/package.json', { name: 'trivial', version: '0.0.0', executors: './executors.json' });
  write('tools/trivial/executors.json', {
    executors: { nothing: { implementation: './nothing.js', schema: './schema.json' } },
  });
  write('tools/trivial/schema.json', { version: 2, type: 'object', properties: {} });
  write('tools/trivial/nothing.js', 'module.exports = async () => ({ success: true });\n');

  const tarballs = join(root, 'tarballs');
  mkdirSync(tarballs);
  const npm = (cwd, ...args) => execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  const folders = packages.map((name) => `./packages/${name}`);
  npm(top, 'pack', '--silent', '--ignore-scripts', '--pack-destination', tarballs, ...folders);
  const files = readdirSync(tarballs).map((name) => join(tarballs, name));
  const nx = ['nx', '@nx/devkit'].map((name) => `${name}@${nxVersion()}`);
  npm(root, 'install', '--silent', '--prefer-offline', '--no-audit', '--no-fund', '--save-dev', ...nx, ...files);
  const git = (...args) => execFileSync('git', [...identity, ...args], { cwd: root, stdio: 'ignore' });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'A workspace of someone else');

  return {
    root,
    run: (target) => runNx(root, `tiny:${target}`),
    async dispose() {
      await runNx(root, 'tiny:deploy-down').catch(() => undefined);
      await dispose();
      disposed();
    },
  };
}

export const trivialOf = (target) => target.replace('deploy-', 'trivial-');

const nxVersion = () => JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')).devDependencies.nx;
