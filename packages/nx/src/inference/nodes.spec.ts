import { acts, pipeline } from '@sluice/core';
import type { CreateNodesResult, ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import { removeWorkspaces, scratchWorkspace } from '../testing/workspace';
import { ignoredInput } from './content-paths';
import { createNodes } from './nodes';

const service = { configurations: { next: {}, broken: {} } };

async function infer(files: Record<string, unknown>): Promise<Record<string, Partial<ProjectConfiguration>>> {
  const workspaceRoot = scratchWorkspace(files);
  const found = Object.keys(files).filter((path) => path.endsWith('sluice.json'));
  const nodes = await createNodes[1](found, undefined, { workspaceRoot, nxJsonConfiguration: {} });
  return Object.fromEntries(
    nodes.flatMap(([, { projects }]: readonly [string, CreateNodesResult]) => Object.entries(projects ?? {})),
  );
}

async function inferApp(files: Record<string, unknown> = {}): Promise<Record<string, TargetConfiguration>> {
  const { 'apps/app': app } = await infer({
    'apps/app/project.json': { name: 'app' },
    'apps/app/sluice.json': service,
    ...files,
  });
  return app?.targets ?? {};
}

afterEach(removeWorkspaces);

describe('inference', () => {
  it('gives a project with a sluice.json a target for every stage and act, in one group', async () => {
    const { 'apps/app': app } = await infer({ 'apps/app/project.json': {}, 'apps/app/sluice.json': service });
    const expected = [...pipeline.map(({ target }) => target), ...acts.map((act) => `deploy-${act}`)];

    expect(Object.keys(app?.targets ?? {})).toEqual(expected);
    expect(app?.metadata?.targetGroups).toEqual({ deploy: expected });
  });

  it('names the executor of each target and the targets before it', async () => {
    const targets = await inferApp();

    expect(targets['deploy-prod']).toMatchObject({ executor: '@sluice/nx:production', dependsOn: ['deploy-canary'] });
    expect(targets['deploy-infra']?.dependsOn).toEqual(['deploy-security', 'deploy-load', 'deploy-performance']);
    expect(targets['deploy-worktree']?.dependsOn).toEqual([]);
    expect(targets['deploy-status']).toMatchObject({ executor: '@sluice/nx:status' });
  });

  it('lets no act depend on anything', async () => {
    const targets = await inferApp();

    for (const act of acts) expect(targets[`deploy-${act}`]).not.toHaveProperty('dependsOn');
  });

  it('caches the pure stages and says of every other target that it does not', async () => {
    const cached = Object.entries(await inferApp()).flatMap(([name, { cache }]) =>
      cache === false ? [] : [[name, cache]],
    );

    expect(cached).toEqual([
      ['deploy-build', true],
      ['deploy-security', true],
      ['deploy-load', true],
      ['deploy-performance', true],
    ]);
  });

  it('gives every target every configuration, sorted, and immediate, for Nx hands on only those that a dependency has', async () => {
    for (const { configurations } of Object.values(await inferApp())) {
      expect(Object.keys(configurations ?? {})).toEqual(['broken', 'immediate', 'next']);
    }
  });

  it('runs worktree and load beside no other task', async () => {
    const alone = Object.entries(await inferApp()).filter(([, { parallelism }]) => parallelism === false);

    expect(alone.map(([name]) => name)).toEqual(['deploy-worktree', 'deploy-load']);
  });

  it('hashes what a pure stage judges, and the machine that it judged it on', async () => {
    const targets = await inferApp();
    const inputs = [
      '{projectRoot}/**/*',
      '!{projectRoot}/.sluice/**',
      '!{projectRoot}/.taskmaster/**',
      '!{projectRoot}/logs/**',
      '^{projectRoot}/**/*',
      '{workspaceRoot}/*',
      '!{workspaceRoot}/*.md',
      '!{workspaceRoot}/LICENSE*',
      { externalDependencies: [] },
      ignoredInput,
      { runtime: 'node --print process.platform+process.arch+process.versions.modules' },
    ];

    expect(targets['deploy-load']?.inputs).toEqual(inputs);
    expect(targets['deploy-security']?.inputs).toEqual([
      ...inputs,
      { env: 'SLUICE_DAY' },
      { runtime: 'node --print "new Date().toISOString().slice(0, 10)"' },
      { runtime: 'gitleaks version 2>&1 || echo none' },
      { runtime: 'grype db status --output json 2>&1 || echo none' },
      { runtime: 'grype version 2>&1 || echo none' },
      { runtime: 'trivy version --format json 2>&1 || echo none' },
    ]);
    const prd = '.taskmaster/docs/prd.md .taskmaster/docs/prd.txt docs/PRD.md PRD.md';
    expect(targets['deploy-performance']?.inputs).toEqual([
      ...inputs,
      { runtime: `git ls-files -s -- ${prd} || echo none` },
      { dependentTasksOutputFiles: '**/load.json' },
    ]);
  });

  it('declares what each pure stage writes as its outputs', async () => {
    const targets = await inferApp();

    expect(targets['deploy-build']?.outputs).toEqual([
      '{workspaceRoot}/.sluice/build/app',
      '{workspaceRoot}/.sluice/receipts/app/build.json',
      '{workspaceRoot}/.sluice/receipts/app/build.junit.xml',
    ]);
    expect(targets['deploy-load']?.outputs).toEqual([
      '{workspaceRoot}/.sluice/receipts/app/load.json',
      '{workspaceRoot}/.sluice/receipts/app/load.junit.xml',
      '{workspaceRoot}/.sluice/receipts/app/load.log',
      '{workspaceRoot}/.sluice/receipts/app/load-run.json',
    ]);
    expect(targets['deploy-security']?.outputs).toEqual([
      '{workspaceRoot}/.sluice/receipts/app/security.json',
      '{workspaceRoot}/.sluice/receipts/app/security.sarif',
      '{workspaceRoot}/.sluice/receipts/app/security.log',
    ]);
    expect(targets['deploy-prod']).not.toHaveProperty('outputs');
  });

  it.each([
    ['project.json', { 'project.json': { name: 'a' }, 'package.json': { name: 'b', nx: { name: 'c' } } }, 'a'],
    ['the nx part of package.json', { 'project.json': {}, 'package.json': { name: 'b', nx: { name: 'c' } } }, 'c'],
    ['package.json', { 'package.json': { name: '@acme/web' } }, '@acme+web'],
    ['a project.json with comments', { 'project.json': '{ /* ours */ "name": "a" }' }, 'a'],
    ['the folder', { 'project.json': {} }, 'shop'],
  ])('takes the name of the project from %s', async (_, files, folder) => {
    const placed = Object.fromEntries(Object.entries(files).map(([name, content]) => [`apps/Shop/${name}`, content]));
    const { 'apps/Shop': shop } = await infer({ ...placed, 'apps/Shop/sluice.json': service });

    expect(shop?.targets?.['deploy-load']?.outputs).toContain(`{workspaceRoot}/.sluice/receipts/${folder}/load.json`);
  });

  it('takes a project at the root of the workspace', async () => {
    expect(Object.keys(await infer({ 'package.json': { name: 'one' }, 'sluice.json': service }))).toEqual(['.']);
  });

  it('passes over a sluice.json that lies beside no project', async () => {
    expect(await infer({ 'docs/sluice.json': service })).toEqual({});
  });

  it.each([
    'worktrees/phase-6-task-1/apps/app',
    '.sluice/releases/app/1',
    'node_modules/app',
    'apps/app/node_modules/a',
  ])('passes over a copy in %s', async (folder) => {
    expect(await infer({ [`${folder}/project.json`]: { name: 'a' }, [`${folder}/sluice.json`]: service })).toEqual({});
  });

  it('takes a project whose folder is called worktrees', async () => {
    const files = { 'apps/worktrees/project.json': {}, 'apps/worktrees/sluice.json': service };

    expect(Object.keys(await infer(files))).toEqual(['apps/worktrees']);
  });

  it.each([
    ['no JSON', '{ "configurations": '],
    ['no object', '[]'],
    ['no text', ''],
    ['a list of configurations', '{ "configurations": ["next"] }'],
  ])('keeps the graph whole when a sluice.json holds %s', async (_, text) => {
    const targets = await inferApp({ 'apps/app/sluice.json': text });

    expect(Object.keys(targets['deploy-prod']?.configurations ?? {})).toEqual(['immediate']);
  });

  it('gives the same answer whatever the order of the files', async () => {
    const project = (name: string) => ({ [`apps/${name}/project.json`]: {}, [`apps/${name}/sluice.json`]: service });

    expect(Object.keys(await infer({ ...project('b'), ...project('a') }))).toEqual(['apps/a', 'apps/b']);
  });
});
