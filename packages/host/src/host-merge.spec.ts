import { execFileSync } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  awaitsMerge,
  isSettled,
  parseConfig,
  refOf,
  releaseId,
  runtimeOf,
  type EnvironmentState,
  type ReleaseManifest,
} from '@sluice/core';
import { createReleaseStore, packArtifact } from '@sluice/adapters/files';
import { ensureWorktree } from '@sluice/adapters/git';
import { connectHost, type HostClient } from './client';
import { freePort } from './router/testing/world';
import { eventually } from './supervisor/testing';
import { buildHost, endProcesses, kill, type HostProgram } from './testing/host-program';
import { namedService } from './testing/named-service';

jest.setTimeout(180_000); // real processes, on a machine that may be busy

const project = 'web';
const never = new AbortController().signal;
let program: HostProgram;
let root: string;
let host: HostClient;
let port: number;

const git = (cwd: string, ...args: string[]): string => {
  const settings = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...settings, ...args], { cwd, encoding: 'utf8' }).trim();
};

beforeAll(async () => {
  program = await buildHost();
  root = await realpath(await mkdtemp(join(tmpdir(), 'sluice merge ä-')));
  port = await freePort();
  git(root, 'init', '--quiet', '--initial-branch=main');
  git(root, 'commit', '--quiet', '--allow-empty', '-m', 'First');
  host = await connectHost(root, program.controller);
});
afterAll(async () => {
  await endProcesses(root);
  await program.remove();
  await rm(root, { recursive: true, force: true });
});

/** Takes a first or second release to production at once: what matters here comes after that. */
async function deploy(name: string, settings: object = {}): Promise<ReleaseManifest> {
  const text = JSON.stringify({
    runtime: {
      ...{ command: ['node', 'service.js', root], env: { NAME: name }, drain: '2s' },
      health: { interval: '200ms', startTimeout: '30s' },
    },
    environments: { staging: { port: port + 1 }, production: { port } },
    canary: {
      ...{
        traffic: 50,
        method: 'threshold',
        duration: '1s',
        interval: '200ms',
        noData: '60s',
        synthetic: { rate: 50 },
      },
      threshold: {
        minRequests: 5,
        promote: { latency: { ratio: 10, absolute: '2s' } },
        rollback: { latency: { ratio: 10, absolute: '5s' } },
      },
    },
    production: { steps: [100], stepDuration: '300ms' },
    rollback: { window: '1s', keep: 2 },
    ...settings,
  });
  const { path } = await ensureWorktree({ root, commit: 'HEAD', phase: 6, task: 1 });
  const folder = await mkdtemp(join(tmpdir(), 'sluice-merge-build-'));
  await writeFile(join(folder, 'service.js'), namedService);
  const tarball = `${folder}.tgz`;
  const { digest } = await packArtifact(folder, tarball);
  const runtime = runtimeOf(parseConfig(text, 'sluice.json', null));
  const release = { id: releaseId(digest, runtime), commit: git(root, 'rev-parse', 'HEAD'), configuration: name };
  const manifest: ReleaseManifest = { version: 1, ...release, project, artifact: digest, runtime };
  await createReleaseStore(root).add(manifest, tarball);
  await rm(folder, { recursive: true });
  await rm(tarball);
  const place = { checkout: root, worktree: path, projectRoot: '.' };
  const config = { text, file: 'sluice.json', configuration: null };
  await host.deploy({
    project,
    environment: 'production',
    release: refOf(manifest),
    goal: 'production',
    config,
    place,
    by: 'dana',
  });
  return manifest;
}

const follow = (isEnd: (state: EnvironmentState) => boolean) =>
  host.follow(project, 'production', () => undefined, isEnd, never);
const afterMerge = () => follow((state) => isSettled(state) && !awaitsMerge(state));
const merges = () => git(root, 'log', '--merges', '--format=%s', 'main').split('\n').filter(Boolean);

it('a deployment that is done has its report in a merge on the base branch, whose checkout is clean', async () => {
  const release = await deploy('one');
  const { rollout } = await afterMerge();
  expect(rollout?.outcome).toMatchObject({ result: 'done' });
  expect(rollout?.merge).toMatchObject({ result: 'merged', base: 'main', commit: git(root, 'rev-parse', 'main') });
  expect(git(root, 'show', 'main:.taskmaster/DEPLOYMENT_REPORT.md')).toContain(release.id);
  expect(git(root, 'status', '--porcelain')).toBe('');
  expect(merges()).toEqual([`Merge the deployment of ${project} ${release.id} to production into main`]);
  const status = await host.status(project);
  expect(status.environments.find(({ environment }) => environment === 'production')?.merge).toEqual(rollout?.merge);
  expect(await readFile(join(root, '.sluice/audit.jsonl'), 'utf8')).toContain('"what":"merged"');
});

it('a controller that is killed as git commits leaves the merge to the next one, and there is one of it', async () => {
  const hook = join(root, '.git/hooks/pre-commit');
  const [runs, mayEnd] = [join(root, '.git/hook-runs'), join(root, '.git/hook-may-end')];
  await mkdir(join(root, '.git/hooks'), { recursive: true });
  await writeFile(hook, `#!/bin/sh\necho > "${runs}"\nwhile [ ! -e "${mayEnd}" ]; do sleep 0.1; done\n`);
  await chmod(hook, 0o755);
  await deploy('two');
  await eventually(() => access(runs), 60_000);
  kill((await host.health()).pid);
  const next = await connectHost(root, program.controller);
  expect(awaitsMerge(await next.state(project, 'production'))).toBe(true);
  await writeFile(mayEnd, '');
  const { rollout } = await afterMerge();
  expect(rollout?.merge).toMatchObject({ result: 'merged' });
  expect(merges()).toHaveLength(2);
  expect(git(root, 'status', '--porcelain')).toBe('');
});

it('a merge that waits says so, fails no deployment, and is done when it is asked for again', async () => {
  await writeFile(join(root, 'draft.txt'), 'mine');
  const release = await deploy('three');
  const { rollout, stable } = await afterMerge();
  expect(stable?.id).toBe(release.id);
  expect(rollout?.outcome).toMatchObject({ result: 'done' });
  expect(rollout?.merge).toMatchObject({ result: 'waiting', branch: `sluice/merge-${project}-${release.id}` });
  expect(rollout?.merge?.reason).toContain('draft.txt');
  expect(await readFile(join(root, 'draft.txt'), 'utf8')).toBe('mine');
  await rm(join(root, 'draft.txt'));
  expect(await host.merge(project)).toMatchObject({ result: 'merged' });
  expect((await host.state(project, 'production')).rollout?.merge).toMatchObject({ result: 'merged' });
  expect(merges()).toHaveLength(3);
});

it('a deployment that nobody wants merged merges nothing', async () => {
  const before = git(root, 'rev-parse', 'main');
  await deploy('four', { merge: 'never' });
  await follow(
    ({ rollout, ...state }) => isSettled({ ...state, rollout }) && rollout?.plan.release.configuration === 'four',
  );
  expect(git(root, 'rev-parse', 'main')).toBe(before);
  await expect(host.merge(project)).rejects.toMatchObject({ code: 'NOTHING_TO_MERGE' });
});
