import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  isSettled,
  refOf,
  releaseId,
  runtimeOf,
  parseConfig,
  type EnvironmentName,
  type EnvironmentState,
  type ReleaseManifest,
} from '@sluice/core';
import { createReleaseStore, packArtifact, stateFile } from '@sluice/adapters/files';
import { connectHost, findHost, restartHost, type HostClient } from './client';
import { createRouterClient } from './router/client';
import { startLoad } from './router/testing/load';
import { freePort } from './router/testing/world';
import { socketsOf } from './sockets';
import { eventually } from './supervisor/testing';
import { buildHost, endProcesses, kill, processesOf, type HostProgram } from './testing/host-program';
import { namedService } from './testing/named-service';

jest.setTimeout(180_000); // real processes, on a machine that may be busy

const project = '@acme/web';
const by = 'dana';
const never = new AbortController().signal;

let program: HostProgram;
let root: string;
let ports: Record<EnvironmentName, number>;
let host: HostClient;

beforeAll(async () => {
  program = await buildHost();
  root = await realpath(await mkdtemp(join(tmpdir(), 'sluice-host-')));
  ports = { staging: await freePort(), production: await freePort() };
  host = await connectHost(root, program.controller);
});
afterAll(async () => {
  await endProcesses(root);
  await program.remove();
  await rm(root, { recursive: true, force: true });
});

const configText = (name: string, fault = '') =>
  JSON.stringify({
    runtime: {
      command: ['node', 'service.js', root], // by which its processes are found
      env: { NAME: name },
      health: { interval: '200ms', startTimeout: '30s' },
      drain: '2s',
    },
    environments: { staging: { port: ports.staging }, production: { port: ports.production, env: { FAULT: fault } } },
    staging: { soak: '300ms' },
    canary: {
      ...{ traffic: 20, method: 'threshold', duration: '4s', interval: '200ms', noData: '60s' },
      threshold: {
        minRequests: 10,
        consecutiveErrorLimit: 300,
        promote: { latency: { ratio: 10, absolute: '2s' } },
        rollback: { latency: { ratio: 10, absolute: '5s' } },
      },
      synthetic: { rate: 50 },
    },
    production: { steps: [50, 100], stepDuration: '1s' },
    rollback: { window: '1s', keep: 2 },
  });

/** Adds a release to the store, as the build stage does. */
async function keep(name: string, text: string): Promise<ReleaseManifest> {
  const folder = join(root, 'build');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'service.js'), namedService);
  const tarball = join(root, 'artifact.tgz');
  const { digest } = await packArtifact(folder, tarball);
  const runtime = runtimeOf(parseConfig(text, 'sluice.json', null));
  const release = { id: releaseId(digest, runtime), commit: 'c'.repeat(40), configuration: name };
  const manifest: ReleaseManifest = { version: 1, ...release, project, artifact: digest, runtime };
  await createReleaseStore(root).add(manifest, tarball);
  return manifest;
}

/** Adds a release and hands it to the host. */
async function deploy(environment: EnvironmentName, name: string, fault?: string): Promise<ReleaseManifest> {
  const text = configText(name, fault);
  const manifest = await keep(name, text);
  const release = refOf(manifest);
  await mkdir(join(root, 'worktree'), { recursive: true });
  const place = { checkout: root, worktree: join(root, 'worktree'), projectRoot: '.' };
  const config = { text, file: 'sluice.json', configuration: null };
  const request = { project, environment, release, goal: 'production', config, place, by } as const;
  expect(await host.deploy(request)).toEqual({ how: 'started' });
  expect(await host.deploy(request)).toEqual({ how: 'attached' });
  return manifest;
}
const follow = (
  environment: EnvironmentName,
  isEnd: (state: EnvironmentState) => boolean,
  seen: EnvironmentState[] = [],
) => host.follow(project, environment, (state) => seen.push(state), isEnd, never);
const ask = async (environment: EnvironmentName) => {
  const response = await fetch(`http://127.0.0.1:${ports[environment]}/`);
  return { status: response.status, body: await response.text() };
};
const isWatched = ({ rollout }: EnvironmentState) =>
  rollout?.phase.name === 'watching' && rollout.steps.length === 1 && requestsOf(rollout.steps[0]) > 20;
const requestsOf = (step: NonNullable<EnvironmentState['rollout']>['steps'][number] | undefined) =>
  step?.slots.reduce((sum, { requests }) => sum + requests, 0) ?? 0;

/** Users of production, until they are told to stop: what each got. */
function users() {
  const answers: { status: number; body: string }[] = [];
  const stop = new AbortController();
  const all = (async () => {
    while (!stop.signal.aborted)
      answers.push(await ask('production').catch((error: unknown) => ({ status: 0, body: String(error) })));
  })();
  return async () => {
    stop.abort();
    await all;
    return answers;
  };
}

// in the order of a life: each goes on where the one before ended
describe('a host', () => {
  it('takes a first release to staging and to production', async () => {
    await keep('never deployed', configText('never deployed'));
    await deploy('staging', 'first');
    expect(await follow('staging', isSettled)).toMatchObject({ rollout: { outcome: { result: 'done' } } });
    expect(await ask('staging')).toEqual({ status: 200, body: 'first' });
    await deploy('production', 'first');
    expect(await follow('production', isSettled)).toMatchObject({ rollout: { outcome: { result: 'done' } } });
    expect(await ask('production')).toEqual({ status: 200, body: 'first' });
    const report = await readFile(join(root, 'worktree/.taskmaster/DEPLOYMENT_REPORT.md'), 'utf8');
    expect(report).toContain('first');
    expect((await host.verify(project, 'staging')).map(({ check }) => check)).toEqual([
      'health',
      'services',
      'smoke',
      'window',
    ]);
  });

  it('goes on with a canary at the same step, with the evidence it had, after its controller was killed', async () => {
    const leave = users();
    const { id } = await deploy('production', 'second');
    const before = await follow('production', isWatched);
    const { pid } = await host.health();
    const states: EnvironmentState[] = [];
    const followed = follow('production', isSettled, states);
    await eventually(() => expect(states.length).toBeGreaterThan(0));
    kill(pid);
    const { pid: next } = await eventually(async () => {
      const health = await (await findHost(root, program.controller))?.health();
      if (!health || health.pid === pid) throw new Error('no controller yet');
      return health;
    }, 30_000);
    expect(next).not.toBe(pid);
    const after = await host.state(project, 'production');
    expect(after).toMatchObject({ generation: before.generation + 1, rollout: { plan: { release: { id } } } });
    expect(requestsOf(after.rollout?.steps[0])).toBeGreaterThanOrEqual(requestsOf(before.rollout?.steps[0]));
    expect(after.rollout?.startedAt).toBe(before.rollout?.startedAt);

    const end = await followed;
    expect(end).toMatchObject({ stable: { id }, rollout: { outcome: { result: 'done' } } });
    expect(end.rollout?.steps.map(({ traffic }) => traffic)).toEqual([20, 50, 100]);
    expect(end.rollout?.steps[0]?.since).toBe(before.rollout?.steps[0]?.since);
    const answers = await leave();
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['first', 'second']));
  });

  it('serves the same split after its router was killed', async () => {
    const { id } = await deploy('production', 'third');
    await follow('production', isWatched);
    const router = createRouterClient((await socketsOf(join(root, '.sluice/host'))).router);
    const splitOf = async () => {
      const { routes } = await router.routes();
      const found = routes.find(({ route }) => route.environment === 'production')?.route;
      return {
        version: [found?.generation, found?.sequence],
        slots: found?.slots.map(({ release, weight }) => [release, weight]),
      };
    };
    const before = await splitOf();
    expect(before.slots?.map(([, weight]) => weight)).toEqual([80, 20]);
    const { router: pid } = await host.health();
    kill(pid ?? 0);
    await eventually(async () => {
      const { router: next } = await host.health();
      expect(next).not.toBeNull();
      expect(next).not.toBe(pid);
    }, 30_000);
    expect(await splitOf()).toEqual(before);
    expect((await ask('production')).status).toBe(200);
    expect(await follow('production', isSettled)).toMatchObject({
      stable: { id },
      rollout: { outcome: { result: 'done' } },
    });
  });

  it('is replaced by another version, and by the first again, without a request lost or counted twice', async () => {
    const other = await buildHost('9.9.10');
    const router = createRouterClient((await socketsOf(join(root, '.sluice/host'))).router);
    const counted = async () => {
      const { buckets } = await router.figures(project, 'production', { from: 0, to: Number.MAX_SAFE_INTEGER });
      return buckets.flatMap(({ slots }) => slots).reduce((sum, { requests }) => sum + requests, 0);
    };
    const { now } = await router.health();
    await eventually(async () => expect((await router.health()).now).toBeGreaterThan(now + 1_000)); // all before is closed
    const before = await counted();
    const load = startLoad(ports.production);
    for (const next of [other, program]) {
      const { pid, router: former } = await host.health();
      const restarted = await restartHost(root, next.router);
      expect(restarted).toMatchObject({ version: next.version });
      expect(await host.health()).toMatchObject({ pid: restarted?.controller, router: restarted?.router });
      expect([pid, former]).not.toContain(restarted?.controller);
      expect([pid, former]).not.toContain(restarted?.router);
    }
    await load.stop();
    expect(load.results.filter((result) => result !== 200)).toEqual([]);
    await eventually(async () => expect((await counted()) - before).toBe(load.results.length));
    await other.remove();
  });

  it('takes a bad release back by itself, and does not take it again', async () => {
    const before = await host.state(project, 'production');
    const { id } = await deploy('production', 'bad', 'errors');
    await rm(join(root, 'worktree'), { recursive: true, maxRetries: 5 }); // it is being written to
    const state = await follow('production', isSettled);
    expect(state).toMatchObject({
      stable: before.stable,
      refused: [{ release: id }],
      rollout: { outcome: { result: 'rolled-back', cause: 'release' } },
    });
    expect(await ask('production')).toEqual({ status: 200, body: 'third' });
    // the worktree was removed meanwhile: it is not made again, and the report goes where people look next
    await expect(stat(join(root, 'worktree'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readFile(join(root, '.taskmaster/DEPLOYMENT_REPORT.md'), 'utf8')).toContain(id);
    expect(await readFile(join(root, 'logs/deployment-canary.log'), 'utf8')).toContain('withdraw');
    const { environments } = await host.status(project);
    expect(environments.map(({ outcome }) => outcome)).toEqual(['done', 'rolled-back']);
  });

  it('keeps on disk what a state names, and of the others the newest', async () => {
    const kept = (await createReleaseStore(root).list(project)).map(({ configuration }) => configuration);
    expect(kept).toEqual(['bad', 'third', 'second', 'first']); // first is live in staging, second was before third
  });

  it('goes on with a canary, at new addresses, after all of its processes died', async () => {
    const { id } = await deploy('production', 'fourth');
    await follow('production', isWatched);
    await endProcesses(root);
    host = await connectHost(root, program.controller);
    expect(await follow('production', isSettled)).toMatchObject({
      stable: { id },
      rollout: { outcome: { result: 'done' } },
    });
    await eventually(async () => expect(await ask('staging')).toEqual({ status: 200, body: 'first' }), 30_000);
  });

  it('goes on from what serves when its state was lost', async () => {
    const { pid } = await host.health();
    const { generation, stable } = await host.state(project, 'production');
    kill(pid);
    rmSync(stateFile(root, project, 'production')); // before the next controller is up to read it
    host = await connectHost(root, program.controller);
    expect(await host.state(project, 'production')).toMatchObject({ stable, rollout: null });
    const back = host.rollBack({ project, environment: 'production', to: null, reason: 'it is slow', by });
    await expect(back).rejects.toMatchObject({ code: 'STATE_LOST' });
    expect((await host.status(project)).environments).toHaveLength(2);

    const { id } = await deploy('production', 'fifth');
    const end = await follow('production', isSettled);
    expect(end).toMatchObject({ stable: { id }, rollout: { plan: { from: stable }, outcome: { result: 'done' } } });
    expect(end.generation).toBeGreaterThan(generation);
    expect(await ask('production')).toEqual({ status: 200, body: 'fifth' });
  });

  it('ends with both processes when nothing is live any more, and only then, also where a state was lost', async () => {
    expect(await host.close()).toBe(false);
    kill((await host.health()).pid);
    rmSync(stateFile(root, project, 'staging'));
    host = await connectHost(root, program.controller);
    for (const environment of ['staging', 'production'] as const) {
      expect(await host.takeDown({ project, environment, by })).toEqual({ how: 'ending' });
      await follow(environment, ({ rollout }) => !rollout || rollout.phase.name === 'over');
    }
    await expect(ask('production')).rejects.toThrow('fetch failed');
    expect(await host.close()).toBe(true);
    await eventually(() => expect(processesOf(root)).toEqual([]));
    expect(await findHost(root, program.controller)).toBeNull();
    await expect(host.health()).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
  });
});
