import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nx, start, type Ended } from './support/nx';
import { processesOf } from './support/processes';
import { releaseAt } from './support/traffic';
import { until } from './support/until';
import { emptyWorkspace, testFolder, type Workspace } from './support/workspace';

jest.setTimeout(300_000);

const run = promisify(execFile);

let workspace: Workspace;
let installed: Ended;

/** A service of one file, which needs no build. */
const server = `const { createServer } = require('node:http');
const server = createServer((request, response) => response.setHeader('x-release', 'tiny').end('ok'));
server.listen(Number(process.env.PORT), () => console.log('listening'));
process.on('SIGTERM', () => server.close());
`;

const sluice = (folder: string, ...args: string[]): Promise<Ended> =>
  start(workspace.path(folder), workspace.path('node_modules/.bin/sluice'), args).ended;

const packages = ['core', 'adapters', 'host', 'nx'];

beforeAll(async () => {
  workspace = await emptyWorkspace();
  const template = join(testFolder(), 'template');
  const tarballs = join(testFolder(), 'tarballs');
  mkdirSync(tarballs, { recursive: true });
  const folders = packages.map((name) => `./packages/${name}`);
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', tarballs, ...folders], { cwd: template });

  const { ports } = workspace;
  const json = (file: string, content: object) => workspace.write(file, `${JSON.stringify(content, null, 2)}\n`);
  mkdirSync(workspace.path('services/tiny/dist'), { recursive: true });
  json('package.json', { name: 'someone-elses', private: true });
  json('nx.json', { plugins: ['@sluice/nx'], neverConnectToCloud: true, analytics: false });
  json('services/tiny/project.json', {
    name: 'tiny',
    targets: { build: { command: 'node --check dist/main.js', options: { cwd: '{projectRoot}' } } },
  });
  json('services/tiny/sluice.json', {
    runtime: { command: ['node', 'main.js'], health: { path: '/', interval: '200ms' } },
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
  workspace.write('services/tiny/dist/main.js', server);
  workspace.write('.gitignore', 'node_modules\n.nx\n');
  const files = readdirSync(tarballs).map((name) => join(tarballs, name));
  const nxVersion = '23.2.1';
  installed = await start(workspace.root, 'npm', [
    ...['install', '--prefer-offline', '--no-audit', '--no-fund', '--save-dev'],
    ...[`nx@${nxVersion}`, `@nx/devkit@${nxVersion}`, ...files],
  ]).ended;
  workspace.git('init', '--quiet', '--initial-branch=main');
  workspace.commit('A workspace of someone else');
});

afterAll(() => workspace.dispose());

describe('the packed packages, installed in an empty workspace', () => {
  it('install', () => {
    expect(installed).toMatchObject({ code: 0 });
  });

  it('give a service its targets', async () => {
    const nxBin = workspace.path('node_modules/.bin/nx');
    const { text } = await start(workspace.root, process.execPath, [nxBin, 'show', 'project', 'tiny', '--json']).ended;
    for (const target of ['worktree', 'build', 'canary', 'prod', 'verify', 'rollback', 'plan', 'status', 'down']) {
      expect(text).toContain(`"deploy-${target}"`);
    }
  });

  it('plan a deployment', async () => {
    const { code, text } = await nx(workspace.root, 'tiny:deploy-plan');
    expect(text).toContain('production');
    expect(code).toBe(0);
  });

  it('bring the bin, which finds the project from its folder', async () => {
    const { code, text } = await sluice('services/tiny', 'status', 'tiny', '--json');
    expect(JSON.parse(text)).toMatchObject({
      project: 'tiny',
      environments: [{ outcome: 'none' }, { outcome: 'none' }],
    });
    expect(code).toBe(0);
    expect(await sluice('.', 'status', 'teeny')).toMatchObject({ code: 2 });
    expect((await sluice('.', 'service', 'show')).text).toContain('/@sluice/host/dist/controller/main.js" "--root"');
  });

  it('deploy a first release, and stop it', async () => {
    const { code, text } = await nx(workspace.root, 'tiny:deploy-prod');
    expect(text).toContain('production passed');
    expect(code).toBe(0);
    expect(await releaseAt(workspace.url)).toBe('tiny');
    expect(await sluice('.', 'status', 'tiny', '--exit-code')).toMatchObject({ code: 0 });
    expect(await nx(workspace.root, 'tiny:deploy-down')).toMatchObject({ code: 0 });
    await until('every process to end', () => processesOf(workspace.root).length === 0);
    expect(await releaseAt(workspace.url)).toBeNull();
  });
});
