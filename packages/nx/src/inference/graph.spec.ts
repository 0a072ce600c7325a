import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from '@sluice/core';
import { listBlobs } from '@sluice/adapters/git';
import type { ProjectGraph, TaskGraph } from '@nx/devkit';
import { removeWorkspaces, scratchWorkspace } from '../testing/workspace';
import { contentFilter } from './content-paths';

/** The plugin as Nx meets it: Nx itself, in a process of its own, on a workspace that holds nothing else. */
const packageFolder = join(__dirname, '../..');
const service = { runtime: { command: ['node', 'main.js'] }, configurations: { next: {} } };

const workspace = scratchWorkspace({
  'package.json': { name: 'shop', private: true },
  'nx.json': { plugins: ['@sluice/nx'], neverConnectToCloud: true, analytics: false },
  'apps/app/project.json': { name: 'app', implicitDependencies: ['lib'] },
  'apps/app/sluice.json': service,
  'apps/web/package.json': { name: '@acme/web' },
  'apps/web/sluice.json': '{ not JSON',
  'libs/lib/project.json': { name: 'lib' },
  'libs/other/project.json': { name: 'other' },
  'config/babel.json': {},
  '.gitignore': 'node_modules\ntmp\n.env\n',
  '.env': 'A=1',
  '.npmrc': '',
  'babel.config.js': '',
  'größe [1].yaml': '',
  'LICENSE-MIT.txt': '',
  'README.md': '',
  'node_modules/@sluice/nx/package.json': {
    name: '@sluice/nx',
    version: '0.0.0',
    main: 'index.js',
    executors: 'executors.json',
  },
  // stand-ins for the stages, which say that they ran
  'node_modules/@sluice/nx/executors.json': {
    executors: Object.fromEntries(
      pipeline.map(({ name }) => [name, { implementation: './executor.js', schema: './schema.json' }]),
    ),
  },
  'node_modules/@sluice/nx/schema.json': { type: 'object', properties: {} },
  'node_modules/@sluice/nx/executor.js': `module.exports = async (_, { targetName, configurationName }) => {
    console.log('ran ' + targetName + ' as ' + configurationName);
    return { success: true };
  };`,
});

function nx(...args: string[]): { status: number | null; stdout: string; output: string } {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NX_|JEST_|NODE_)/.test(name)));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(workspace, 'node_modules/nx/dist/bin/nx.js'), ...args],
    {
      cwd: workspace,
      encoding: 'utf8',
      env: {
        ...env,
        NX_DAEMON: 'false',
        NX_TUI: 'false',
        NX_ISOLATE_PLUGINS: 'false', // the plugin in Nx's own process: a third of the time
        NX_CACHE_DIRECTORY: join(workspace, 'tmp/cache'),
        NX_WORKSPACE_DATA_DIRECTORY: join(workspace, 'tmp/data'),
      },
    },
  );
  return { status, stdout, output: stdout + stderr };
}

const git = (...args: string[]) => execFileSync('git', args, { cwd: workspace });
const commit = (...add: string[]) => {
  git('add', ...add);
  git('-c', 'user.name=a', '-c', 'user.email=a', 'commit', '--quiet', '--message=More');
};

interface Inputs {
  files: string[];
}

interface Shown {
  graph: ProjectGraph;
  tasks: TaskGraph;
  /** What Nx hashes, by task. */
  taskPlans: Record<string, string[]>;
}

let shown: Shown;

beforeAll(() => {
  mkdirSync(join(workspace, 'node_modules/@nx'), { recursive: true });
  for (const name of ['nx', '@nx/devkit']) {
    symlinkSync(dirname(require.resolve(`${name}/package.json`)), join(workspace, 'node_modules', name));
  }
  symlinkSync('config/babel.json', join(workspace, 'babel.link.json'));
  symlinkSync('config', join(workspace, 'config.link'));
  symlinkSync('nowhere', join(workspace, 'nowhere.link'));
  git('init', '--quiet');
  commit('--all');
  const into = join(workspace, 'node_modules/@sluice/nx');
  const script = join(packageFolder, 'scripts/bundle.mjs');
  const bundled = spawnSync(process.execPath, [script, 'src/index.ts', into], { encoding: 'utf8' });
  expect(bundled).toMatchObject({ status: 0 });
  shown = JSON.parse(nx('run', 'app:deploy-prod', '--graph=stdout').stdout) as Shown;
}, 60_000);

afterAll(removeWorkspaces);

describe('Nx with the plugin', () => {
  it('runs every stage after those that it needs', () => {
    const { tasks, dependencies } = shown.tasks;
    const expected = pipeline.map(({ target, needs }) => [
      `app:${target}`,
      pipeline.filter(({ name }) => needs.includes(name)).map((need) => `app:${need.target}`),
    ]);

    expect(Object.keys(tasks).sort()).toEqual(expected.map(([id]) => id).sort());
    expect(dependencies).toEqual(Object.fromEntries(expected));
  });

  it('hands a configuration on to every stage before', () => {
    expect(nx('run', 'app:deploy-load:next').output.match(/^ran .*/gm)).toEqual([
      'ran deploy-worktree as next',
      'ran deploy-build as next',
      'ran deploy-load as next',
    ]);
  }, 30_000);

  it('caches pure stages only, and shows all targets in one group', () => {
    const data = shown.graph.nodes['app']?.data;
    const cached = Object.entries(data?.targets ?? {}).flatMap(([name, { cache }]) => (cache ? [name] : []));

    expect(cached.sort()).toEqual(['deploy-build', 'deploy-load', 'deploy-performance', 'deploy-security']);
    expect(data?.metadata?.targetGroups).toEqual({ deploy: Object.keys(data?.targets ?? {}) });
  });

  it('hashes the content of a pure stage: the project without what the pipeline writes, its dependencies, the root, the machine', () => {
    const plan = (shown.taskPlans['app:deploy-security'] ?? []).filter((entry) => !/Config|^env:/.test(entry));

    expect(plan.sort()).toEqual([
      'app:apps/app/**/*,!apps/app/.sluice/**,!apps/app/.taskmaster/**,!apps/app/logs/**',
      'lib:libs/lib/**/*',
      expect.stringMatching(/^runtime:git ls-files -cis/),
      'runtime:node --print process.platform+process.arch+process.versions.modules',
      'workspace:[{workspaceRoot}/*,!{workspaceRoot}/*.md,!{workspaceRoot}/LICENSE*]',
      'workspace:[{workspaceRoot}/nx.json,{workspaceRoot}/.gitignore,{workspaceRoot}/.nxignore]',
    ]);
  });

  it('hashes the very files that the content of a commit is made of, and what links at the root lead to', async () => {
    const { files } = JSON.parse(nx('show', 'target', 'inputs', 'app:deploy-build', '--json').stdout) as Inputs;
    const isContent = contentFilter(shown.graph, 'app');
    const content = (await listBlobs(workspace, 'HEAD')).filter(({ path, isFile }) => isContent(path, isFile));

    expect(content.map(({ path }) => path)).toEqual(
      [
        ...['.gitignore', '.npmrc', 'babel.config.js', 'größe [1].yaml', 'nx.json', 'package.json'],
        ...['apps/app/project.json', 'apps/app/sluice.json', 'libs/lib/project.json'],
      ].sort(),
    );
    expect([...files].sort()).toEqual([...content.map(({ path }) => path), 'babel.link.json'].sort());
  }, 30_000);

  it('hashes the machine: npm packages may hold programs for its system and Node', () => {
    const { inputs } = shown.graph.nodes['app']?.data.targets?.['deploy-build'] ?? {};
    const command = inputs?.flatMap((input) => (typeof input === 'object' && 'runtime' in input ? input.runtime : []));

    expect(execFileSync('sh', ['-c', command?.at(-1) ?? ''], { encoding: 'utf8' }).trim()).toBe(
      `${process.platform}${process.arch}${process.versions.modules}`,
    );
  });

  it('hashes the receipt of the load stage for the performance stage', () => {
    expect(shown.taskPlans['app:deploy-performance']).toContain(
      '**/load.json:.sluice/receipts/app/load.json,.sluice/receipts/app/load.log,.sluice/receipts/app/load-run.json',
    );
  });

  it('knows the project beside a sluice.json that is not valid, under its own name', () => {
    const targets = shown.graph.nodes['@acme/web']?.data.targets;

    expect(Object.keys(targets?.['deploy-prod']?.configurations ?? {})).toEqual(['immediate']);
    expect(targets?.['deploy-build']?.outputs).toContain('{workspaceRoot}/.sluice/build/@acme+web');
  });

  it('runs a pure stage again for a file that is committed though Nx or git ignores it', () => {
    const isCached = () => /cache/.test(nx('run', 'app:deploy-security', '--excludeTaskDependencies').output);
    const ignored = ['tmp/kept.js', 'node_modules/kept.js', 'local.js'].map((path) => join('apps/app', path));
    writeFileSync(join(workspace, '.nxignore'), 'local.js\n');
    for (const file of ignored) {
      mkdirSync(dirname(join(workspace, file)), { recursive: true });
      writeFileSync(join(workspace, file), '1');
    }
    commit('--force', '.nxignore', ...ignored);

    expect([isCached(), isCached()]).toEqual([false, true]);
    for (const file of ignored) {
      writeFileSync(join(workspace, file), '2');
      commit('--force', file);
      expect([file, isCached(), isCached()]).toEqual([file, false, true]);
    }
  }, 60_000);

  it('ends a run before its first task when an option would not reach it', () => {
    const { status, output } = nx('run', 'app:deploy-prod', '--dryRun');

    expect(status).not.toBe(0);
    expect(output).toContain('OPTION_REFUSED: --dryRun on deploy-prod would not reach the stages');
    expect(output).toContain('Use: nx run app:deploy-plan');
  }, 30_000);
});
