import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { digestFolder } from '@sluice/adapters/files';
import { assemble, type Assembled } from './assemble';
import { builtApp, ms, plant, removePlanted } from './assembly/testing/workspace';

jest.setTimeout(60_000); // npm itself is started

let assembled: Assembled | undefined;
afterEach(async () => {
  await assembled?.release();
  assembled = undefined;
  removePlanted();
});

const main = `console.log(JSON.stringify([require('ms')('1h'), require('@acme/clock')]))`;
const clock = `module.exports = require('ms/package.json').version + require('./tick')`;

/** An app that depends on a package, and on one of its workspace that depends on another version of the same. */
const workspace = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  'package.json': {
    name: 'workspace',
    private: true,
    workspaces: ['apps/*', 'libs/*'],
    devDependencies: { jest: '*' },
  },
  'package-lock.json': {
    lockfileVersion: 3,
    packages: {
      '': { name: 'workspace', devDependencies: { jest: '*' } },
      'apps/app': { version: '1.0.0', dependencies: { ms: '^2.1.0', '@acme/clock': '*' } },
      'libs/clock': { name: '@acme/clock', version: '1.0.0', dependencies: { ms: '2.0.0' } },
      'libs/clock/node_modules/ms': ms.old,
      'node_modules/@acme/clock': { resolved: 'libs/clock', link: true },
      'node_modules/app': { resolved: 'apps/app', link: true },
      'node_modules/jest': { version: '30.0.0', dev: true },
      'node_modules/ms': ms.new,
    },
  },
  'apps/app/package.json': {
    name: 'app',
    version: '1.0.0',
    dependencies: { ms: '^2.1.0', '@acme/clock': '*' },
    devDependencies: { jest: '*' },
    scripts: { start: 'node main.js', prepare: 'exit 1' },
  },
  'apps/app/dist/main.js': main,
  'libs/clock/package.json': {
    name: '@acme/clock',
    version: '1.0.0',
    main: './dist/index.js',
    dependencies: { ms: '2.0.0' },
    devDependencies: { jest: '*' },
    scripts: { postinstall: 'exit 1' },
  },
  'libs/clock/dist/index.js': clock,
  'libs/clock/dist/tick.js': `module.exports = ' tick'`,
  'libs/clock/coverage/index.html': 'of the tests',
  ...changes,
});
const onlyMs = {
  lockfileVersion: 3,
  packages: { '': {}, 'apps/app': { dependencies: { ms: '*' } }, 'node_modules/ms': ms.new },
};
const read = (folder: string, file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const run = (folder: string): unknown =>
  JSON.parse(execFileSync(process.execPath, ['main.js'], { cwd: folder, encoding: 'utf8' }));

describe('a service with npm dependencies', () => {
  let whole: Assembled;
  beforeAll(async () => {
    const worktree = plant(workspace());
    whole = await assemble(builtApp(worktree));
    rmSync(worktree, { recursive: true });
  });
  afterAll(() => whole.release());

  it('runs from its artifact when the repository is gone', () => {
    expect(run(whole.folder)).toEqual([3_600_000, '2.0.0 tick']);
    expect(whole.dependencies).toBe(2);
  });

  it('ships nothing that is for development', () => {
    const { folder } = whole;
    expect(read(folder, 'package.json')).toEqual({
      name: 'app',
      version: '1.0.0',
      dependencies: { ms: '^2.1.0', '@acme/clock': 'file:workspace_modules/@acme/clock' },
      scripts: { start: 'node main.js' },
    });
    expect(readFileSync(join(folder, 'package-lock.json'), 'utf8')).not.toContain('jest');
    expect(existsSync(join(folder, 'workspace_modules/@acme/clock/coverage'))).toBe(false);
  });

  it('has the same digest whenever and wherever it is assembled, and leaves nothing behind', async () => {
    const { folder, release } = await assemble(builtApp(plant(workspace())));
    expect(folder).not.toBe(whole.folder);
    expect(await digestFolder(folder)).toBe(await digestFolder(whole.folder));
    await release();
    expect(existsSync(folder)).toBe(false);
  });

  it('takes a package.json that the build wrote at its word, and its lockfile too', async () => {
    const worktree = plant({
      'apps/app/package.json': { name: 'app', dependencies: { left: '*' } },
      'apps/app/dist/main.js': `console.log(require('ms')('2s'))`,
      'apps/app/dist/package.json': { name: 'app', dependencies: { ms: '*' } },
      'apps/app/dist/package-lock.json': {
        name: 'app',
        lockfileVersion: 3,
        packages: { '': { name: 'app', dependencies: { ms: '*' } }, 'node_modules/ms': ms.old },
      },
    });
    assembled = await assemble(builtApp(worktree));
    expect(run(assembled.folder)).toBe(2_000);
    expect(read(assembled.folder, 'node_modules/ms/package.json')).toMatchObject({ version: '2.0.0' });
  });

  it('keeps the module system that the build marked its output with', async () => {
    const worktree = plant({
      'package.json': {},
      'package-lock.json': onlyMs,
      'apps/app/package.json': { name: 'app', dependencies: { ms: '*' } },
      'apps/app/dist/main.js': `import ms from 'ms'; console.log(ms('2s'))`,
      'apps/app/dist/package.json': { type: 'module' },
    });
    assembled = await assemble(builtApp(worktree));
    expect(run(assembled.folder)).toBe(2_000);
  });

  it('is installed under the overrides of its workspace', async () => {
    const worktree = plant({
      'package.json': { devDependencies: { ms: '2.0.0' }, overrides: { ms: '$ms' } },
      'package-lock.json': { lockfileVersion: 3, packages: { 'apps/app': {}, 'node_modules/ms': ms.old } },
      'apps/app/package.json': { name: 'app', dependencies: { ms: '^2.1.0' } },
      'apps/app/dist/main.js': `console.log(require('ms')('2s'))`,
    });
    assembled = await assemble(builtApp(worktree));
    expect(run(assembled.folder)).toBe(2_000);
  });

  it('comes from the registry that .npmrc of the workspace names, with its token, which is not shipped', async () => {
    const asked: unknown[] = [];
    const registry = createServer((request, response) => {
      asked.push([request.url, request.headers.authorization]);
      response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(registry, 'listening');
    const host = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
    const settings = [`@acme:registry=http://${host}/`, `//${host}/:_authToken=t0ken`, 'noproxy=127.0.0.1'];
    const files = (name: string) => ({
      '.npmrc': [...settings, 'fetch-retries=0'].join('\n'),
      'package.json': {},
      'package-lock.json': { lockfileVersion: 3, packages: { [`node_modules/${name}`]: ms.new } },
      'apps/app/package.json': { name: 'app', dependencies: { [name]: '*' } },
      'apps/app/dist/main.js': '',
    });
    try {
      await expect(assemble(builtApp(plant(files('@acme/private'))))).rejects.toMatchObject({
        code: 'DEPENDENCIES_NOT_INSTALLED',
        message: expect.stringContaining('npm ci --omit=dev --no-audit --no-fund ended with exit code 1') as string,
      });
      expect(asked).toContainEqual(['/@acme%2fprivate', 'Bearer t0ken']);
    } finally {
      registry.close();
    }
    assembled = await assemble(builtApp(plant(files('ms'))));
    expect(existsSync(join(assembled.folder, '.npmrc'))).toBe(false);
  });
});

describe('a service whose build is complete', () => {
  it.each<[string, Record<string, unknown>]>([
    ['has no package.json', {}],
    ['states packages for its development alone', { 'apps/app/package.json': { devDependencies: { jest: '*' } } }],
    [
      'is bundled, and its build says so',
      {
        'apps/app/package.json': { name: 'app', dependencies: { ms: '*' } },
        'apps/app/dist/package.json': { name: 'app' },
      },
    ],
  ])('is packed as it is when it %s', async (_, files) => {
    const worktree = plant({ 'apps/app/dist/main.js': '', ...files });
    assembled = await assemble(builtApp(worktree));
    expect(assembled).toMatchObject({ folder: join(worktree, 'apps/app/dist'), dependencies: 0 });
    await assembled.release();
    expect(existsSync(assembled.folder)).toBe(true);
  });

  it('is packed with the packages that its build put there', async () => {
    const worktree = plant({
      'apps/app/package.json': { dependencies: { ms: '*' } },
      'apps/app/dist/node_modules/ms/package.json': { name: 'ms' },
      'apps/app/dist/node_modules/@acme/a/package.json': { name: '@acme/a' },
      'apps/app/dist/node_modules/@acme/a/lib/package.json': { type: 'module' },
    });
    symlinkSync('ms', join(worktree, 'apps/app/dist/node_modules/alias'));
    assembled = await assemble(builtApp(worktree));
    expect(assembled).toMatchObject({ folder: join(worktree, 'apps/app/dist'), dependencies: 2 });
  });
});

describe('what cannot be shipped', () => {
  const app = { 'apps/app/package.json': { name: 'app', dependencies: { ms: '*' } }, 'apps/app/dist/main.js': '' };

  it.each<[string, string, Record<string, unknown>]>([
    ['nothing was built', 'BUILD_OUTPUT_MISSING', { 'apps/app/package.json': {} }],
    ['there is no lockfile', 'DEPENDENCIES_UNLOCKED', app],
    ['the lockfile is of npm 6', 'DEPENDENCIES_UNLOCKED', { ...app, 'package-lock.json': { lockfileVersion: 1 } }],
    [
      'the lockfile does not have a package',
      'DEPENDENCIES_UNLOCKED',
      { ...app, 'package-lock.json': { ...onlyMs, packages: {} } },
    ],
    [
      'a package of the workspace is not built',
      'WORKSPACE_PACKAGE_UNBUILT',
      workspace({ 'libs/clock/package.json': { name: '@acme/clock', exports: { '.': { import: './dist/esm.js' } } } }),
    ],
  ])('is refused when %s', async (_, code, files) => {
    await expect(assemble(builtApp(plant(files)))).rejects.toMatchObject({ code });
  });

  it('is refused when the package manager is not there', async () => {
    const env = jest.replaceProperty(process, 'env', { ...process.env, PATH: plant({}) });
    try {
      await expect(assemble(builtApp(plant({ ...app, 'yarn.lock': '' })))).rejects.toMatchObject({
        code: 'PACKAGE_MANAGER_MISSING',
        message: expect.stringContaining('"yarn" was not found') as string,
      });
    } finally {
      env.restore();
    }
  });

  it('is refused when a package of the workspace is among it and the manager is not npm', async () => {
    const graph = {
      nodes: {
        lib: { type: 'lib' as const, name: 'lib', data: { root: 'lib', metadata: { js: { packageName: 'ms' } } } },
      },
      externalNodes: {},
      dependencies: {},
    };
    await expect(assemble(builtApp(plant({ ...app, 'yarn.lock': '' }), { graph }))).rejects.toMatchObject({
      code: 'WORKSPACE_PACKAGE_UNSHIPPABLE',
      message: expect.stringContaining('ms') as string,
    });
  });
});
