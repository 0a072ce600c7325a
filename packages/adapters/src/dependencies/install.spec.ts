import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plant, removeScratch, scratchFolder } from '../files/testing/scratch-folder';
import { commitAll, repository, sh } from '../git/testing/scratch-repository';
import { installDependencies, type InstallRequest } from './install';

const path = process.env['PATH'] ?? '';
afterEach(() => {
  process.env['PATH'] = path;
});
afterAll(removeScratch);
jest.setTimeout(120_000); // npm itself is started

const manifest = (more: object) => JSON.stringify({ name: 'root', private: true, ...more });
const npmLock = (packages: object) => JSON.stringify({ name: 'root', lockfileVersion: 3, requires: true, packages });

/** An npm workspace whose app says what its library says. */
const workspace = {
  '.gitignore': 'node_modules\n',
  'package.json': manifest({ workspaces: ['apps/*', 'libs/*'] }),
  'apps/app/package.json': '{ "name": "app", "version": "1.0.0", "dependencies": { "lib": "1.0.0" } }',
  'apps/app/main.js': "console.log(require('lib'))",
  'libs/lib/package.json': '{ "name": "lib", "version": "1.0.0", "main": "index.js" }',
  'libs/lib/index.js': "module.exports = 'of the commit'",
  'package-lock.json': npmLock({
    '': { name: 'root', workspaces: ['apps/*', 'libs/*'] },
    'apps/app': { name: 'app', version: '1.0.0', dependencies: { lib: '1.0.0' } },
    'libs/lib': { name: 'lib', version: '1.0.0' },
    'node_modules/app': { resolved: 'apps/app', link: true },
    'node_modules/lib': { resolved: 'libs/lib', link: true },
  }),
};
const plain = { ...workspace, 'package.json': manifest({}), 'package-lock.json': npmLock({ '': { name: 'root' } }) };

/** A repository with these files, its packages installed as told, and a worktree inside of it. */
function checkouts(files: Record<string, string>) {
  const root = repository(files);
  const folder = join(root, 'worktrees', 'phase-6-task-1');
  sh(root, 'worktree', 'add', '--quiet', folder, '-b', 'feature/x');
  return { root, folder };
}

async function install(where: { root: string; folder: string }, more: Partial<InstallRequest> = {}) {
  const said: string[] = [];
  const signal = new AbortController().signal;
  const say = (line: string) => void said.push(line);
  const command = await installDependencies({ ...where, policy: 'auto', signal, say, ...more });
  return { command, said };
}

/** A program on the PATH that notes how it was called, and ends as told. */
function standIn(name: string, exitCode = 0): () => string[] {
  const bin = scratchFolder();
  const notes = join(bin, 'calls');
  writeFileSync(join(bin, name), `#!/bin/sh\necho "$*" >> '${notes}'\nmkdir -p node_modules\nexit ${exitCode}\n`);
  chmodSync(join(bin, name), 0o755);
  process.env['PATH'] = `${bin}:${path}`;
  return () => (existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n') : []);
}

describe('a worktree of a workspace with packages of its own', () => {
  it("finds its own library, whatever happens to the main checkout's", async () => {
    const { root, folder } = checkouts(workspace);
    execFileSync('npm', ['ci', '--offline', '--no-audit', '--no-fund'], { cwd: root, stdio: 'ignore' });
    const built = () =>
      execFileSync(process.execPath, ['main.js'], { cwd: join(folder, 'apps/app'), encoding: 'utf8' });
    writeFileSync(join(root, 'libs/lib/index.js'), "module.exports = 'changed meanwhile'");
    expect(built()).toBe('changed meanwhile\n');
    expect((await install({ root, folder })).command).toMatch(/^npm ci .*--prefer-offline/);
    expect(built()).toBe('of the commit\n');
    expect(sh(folder, 'status', '--porcelain')).toBe('');
  });

  it('is installed once, by however many ask at once, and again for another lockfile', async () => {
    const calls = standIn('npm');
    const where = checkouts(workspace);
    await Promise.all(Array.from({ length: 8 }, () => install(where)));
    expect(calls()).toHaveLength(1);
    plant(where.folder, { 'libs/lib/index.js': 'changed' });
    commitAll(where.folder);
    expect((await install(where)).command).toBeNull();
    plant(where.folder, { 'package-lock.json': `${workspace['package-lock.json']}\n` });
    commitAll(where.folder);
    expect((await install(where)).command).not.toBeNull();
    rmSync(join(where.folder, 'node_modules'), { recursive: true });
    expect((await install(where)).command).not.toBeNull();
    expect(calls()).toHaveLength(3);
  });

  it('is installed again after that failed or was ended, and says what the manager said', async () => {
    const where = checkouts(workspace);
    standIn('npm', 3);
    await expect(install(where)).rejects.toMatchObject({
      code: 'WORKTREE_NOT_INSTALLED',
      message: expect.stringMatching(/npm ci .* ended with exit code 3/) as string,
    });
    const calls = standIn('npm');
    const abort = new AbortController();
    abort.abort(new Error('ended'));
    await expect(install(where, { signal: abort.signal })).rejects.toThrow('ended');
    expect((await install(where)).command).not.toBeNull();
    expect(calls()).toHaveLength(1);
  });
});

describe('whether a worktree gets packages of its own', () => {
  const other = (where: { root: string }) => plant(where.root, { 'package-lock.json': '{}' });
  const here = (where: { folder: string }) => plant(where.folder, { 'node_modules/x/index.js': '' });
  const nothing = () => undefined;
  const without = Object.fromEntries(Object.entries(plain).filter(([name]) => name !== 'package-lock.json'));
  type Prepare = (where: { root: string; folder: string }) => unknown;

  it.each<[string, InstallRequest['policy'], Record<string, string>, Prepare, number]>([
    ['auto: not where those around it are the same', 'auto', plain, nothing, 0],
    ['auto: where packages are folders of the repository', 'auto', workspace, nothing, 1],
    ['auto: where the lockfile around it is another', 'auto', plain, other, 1],
    ['auto: where some are there that shadow those around it', 'auto', plain, here, 1],
    ['auto: not without a lockfile', 'auto', without, nothing, 0],
    ['always: in any case', 'always', plain, nothing, 1],
    ['always: not without a lockfile', 'always', without, nothing, 0],
    ['never: not in any case', 'never', workspace, other, 0],
    ['a command: in any case', ['npm', 'run', 'mine'], without, nothing, 1],
  ])('%s', async (_, policy, files, prepare, times) => {
    const calls = standIn('npm');
    const where = checkouts(files);
    prepare(where);
    await install(where, { policy });
    await install(where, { policy });
    expect(calls()).toHaveLength(times);
  });

  it.each(['auto', 'always'] as const)('%s: not from under an nx that runs from them', async (policy) => {
    const calls = standIn('npm');
    const where = checkouts(workspace);
    here(where);
    await install(where, { isRunning: true, policy });
    expect(calls()).toEqual([]);
    rmSync(join(where.folder, 'node_modules'), { recursive: true });
    await install(where, { isRunning: true, policy });
    expect(calls()).toHaveLength(1);
  });

  it('auto: where it does not lie in the main checkout', async () => {
    const calls = standIn('npm');
    const root = repository(plain);
    const folder = join(scratchFolder(), 'phase-6-task-1');
    sh(root, 'worktree', 'add', '--quiet', folder, '-b', 'feature/x');
    await install({ root, folder });
    expect(calls()).toHaveLength(1);
  });
});

describe('the command of each package manager', () => {
  const pnpmLock = "lockfileVersion: '9.0'\nimporters:\n  .: {}\n  apps/app:\n    version: link:../../libs/lib\n";
  it.each<[string, Record<string, string>, string]>([
    ['npm', workspace, 'ci --include=dev --prefer-offline --no-audit --no-fund'],
    [
      'pnpm',
      { 'pnpm-lock.yaml': pnpmLock, 'pnpm-workspace.yaml': 'packages: [apps/*]' },
      'install --frozen-lockfile --prefer-offline --prod=false',
    ],
    [
      'pnpm',
      { 'pnpm-lock.yaml': pnpmLock },
      'install --frozen-lockfile --prefer-offline --prod=false --ignore-workspace',
    ],
    [
      'yarn',
      { 'yarn.lock': '# yarn lockfile v1\n', 'package.json': manifest({ workspaces: ['apps/*'] }) },
      'install --frozen-lockfile --prefer-offline --production=false --non-interactive',
    ],
    ['yarn', { 'yarn.lock': '__metadata:\n  version: 8\n"lib@workspace:libs/lib":\n' }, 'install --immutable'],
  ])('%s', async (name, files, expected) => {
    const calls = standIn(name);
    await install(checkouts({ '.gitignore': 'node_modules\n', ...files }));
    expect(calls()).toEqual([expected]);
  });
});
