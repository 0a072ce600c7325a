import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '@sluice/core';
import { digestFolder } from '@sluice/adapters/files';
import { findGround } from '../stage/ground';
import { git, scratchRepository } from '../testing/repository';
import { aContext } from '../testing/stage-run';
import { removeWorkspaces } from '../testing/workspace';
import { assemble } from './assemble';
import { worktree } from './worktree';

jest.setTimeout(60_000); // npm itself is started
afterAll(() => {
  jest.restoreAllMocks();
  removeWorkspaces();
});

const lib = (text: string) => `module.exports = '${text}'`;
const files = {
  '.gitignore': 'node_modules\ndist\n',
  'package.json': { name: 'root', private: true, workspaces: ['app', 'bundled', 'shipped'] },
  'package-lock.json': {
    ...{ name: 'root', lockfileVersion: 3, requires: true },
    packages: {
      '': { name: 'root', workspaces: ['app', 'bundled', 'shipped'] },
      app: { version: '1.0.0', dependencies: { shipped: '1.0.0' }, devDependencies: { bundled: '1.0.0' } },
      bundled: { version: '1.0.0' },
      shipped: { version: '1.0.0' },
      'node_modules/app': { resolved: 'app', link: true },
      'node_modules/bundled': { resolved: 'bundled', link: true },
      'node_modules/shipped': { resolved: 'shipped', link: true },
    },
  },
  'app/package.json': {
    ...{ name: 'app', version: '1.0.0' },
    ...{ dependencies: { shipped: '1.0.0' }, devDependencies: { bundled: '1.0.0' } },
  },
  // bundles one library, and ships the other
  'app/build.js': `
    require('node:fs').mkdirSync('dist', { recursive: true });
    require('node:fs').writeFileSync('dist/main.js', 'console.log("' + require('bundled') + '", require("shipped"))');`,
  'app/sluice.json': {
    runtime: { command: ['node', 'main.js'] },
    environments: { staging: { port: 4001 }, production: { port: 4000 } },
  },
  'bundled/package.json': { name: 'bundled', version: '1.0.0', main: 'index.js' },
  'bundled/index.js': lib('bundled of the commit'),
  'shipped/package.json': { name: 'shipped', version: '1.0.0', main: 'index.js' },
  'shipped/index.js': lib('shipped of the commit'),
};

let root: string;
let path: string;
const signal = new AbortController().signal;
const say = () => undefined;
beforeAll(async () => {
  jest.spyOn(process.stdout, 'write').mockReturnValue(true); // what npm says
  root = scratchRepository(files);
  execFileSync('npm', ['ci', '--offline', '--no-audit', '--no-fund'], { cwd: root, stdio: 'ignore' });
  const text = JSON.stringify(files['app/sluice.json']);
  const config = parseConfig(text, 'app/sluice.json');
  const ground = await findGround(aContext(root, 'deploy-worktree'));
  const run = { ...ground, config, text, file: 'app/sluice.json', commit: ground.head, evidence: null, signal, say };
  ({ path } = await worktree(run));
});

/** Builds and packs the project of a checkout; gives the digest of the artifact, and what that says. */
async function artifactOf(checkout: string): Promise<{ digest: string; says: string }> {
  execFileSync(process.execPath, ['build.js'], { cwd: join(checkout, 'app') });
  const graph = { nodes: {}, externalNodes: {}, dependencies: {} };
  const where = { worktree: checkout, project: 'app', projectRoot: 'app', output: join(checkout, 'app/dist') };
  const { folder, release } = await assemble({ ...where, graph, signal, say });
  const says = execFileSync(process.execPath, ['main.js'], { cwd: folder, encoding: 'utf8' }).trim();
  const digest = await digestFolder(folder);
  await release();
  return { digest, says };
}

it('an artifact is that of the commit, whatever is edited in the main checkout meanwhile', async () => {
  const before = await artifactOf(path);
  expect(before.says).toBe('bundled of the commit shipped of the commit');
  for (const name of ['bundled', 'shipped']) writeFileSync(join(root, name, 'index.js'), lib('edited'));
  rmSync(join(root, 'node_modules/shipped'));
  writeFileSync(join(root, 'package.json'), '{}');
  expect(await artifactOf(path)).toEqual(before);
  expect(git(path, 'status', '--porcelain')).toBe('');
});

it('without packages of its own it would not be', async () => {
  rmSync(join(path, 'node_modules'), { recursive: true });
  expect((await artifactOf(path)).says).toMatch(/^edited /);
});
