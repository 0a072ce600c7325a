import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  isSettled,
  parseConfig,
  refOf,
  releaseId,
  runtimeOf,
  type EnvironmentState,
  type ReleaseManifest,
} from '@sluice/core';
import { createReleaseStore, packArtifact } from '@sluice/adapters/files';
import { connectHost, findHost, type HostClient } from './client';
import { createRouterClient } from './router/client';
import type { Route } from './router/route';
import { startLoad } from './router/testing/load';
import { freePort } from './router/testing/world';
import { socketsOf } from './sockets';
import { eventually } from './supervisor/testing';
import { buildHost, endProcesses, kill, processesOf, type HostProgram } from './testing/host-program';

jest.setTimeout(180_000); // real processes, on a machine that may be busy

const place = { project: '@acme/web', environment: 'production' } as const;
const never = new AbortController().signal;
/** Answers with the name of its instance. */
const service = `
const { createServer } = require('node:http');
const { SLUICE_INSTANCE, PORT, HOST } = process.env;
setTimeout(() => process.exit(9), 300_000).unref(); // should a test forget it
createServer((request, response) => response.end(SLUICE_INSTANCE)).listen(Number(PORT), HOST);
`;

let program: HostProgram;
let root: string;
let ports: { staging: number; production: number };
let host: HostClient;

beforeAll(async () => {
  program = await buildHost();
  root = await realpath(await mkdtemp(join(tmpdir(), 'sluice-fresh-')));
  ports = { staging: await freePort(), production: await freePort() };
  host = await connectHost(root, program.controller);
});
afterAll(async () => {
  await endProcesses(root);
  await program.remove();
  await rm(root, { recursive: true, force: true });
});

const configText = (name: string) =>
  JSON.stringify({
    runtime: {
      command: ['node', 'service.js', root], // by which its processes are found
      env: { NAME: name },
      instances: 2,
      health: { interval: '200ms', startTimeout: '30s' },
      drain: '2s',
    },
    environments: { staging: { port: ports.staging }, production: { port: ports.production } },
    canary: {
      ...{ baseline: 'fresh', traffic: 20, method: 'threshold', duration: '3s', maxDuration: '2m' },
      ...{ interval: '200ms', noData: '60s' },
      threshold: {
        minRequests: 10,
        promote: { latency: { ratio: 10, absolute: '2s' } },
        rollback: { latency: { ratio: 10, absolute: '5s' } },
      },
      synthetic: { rate: 50 },
    },
    production: { steps: [50, 100], stepDuration: '1s' },
    rollback: { window: '2s' },
  });

async function deploy(name: string, goal: 'canary' | 'production'): Promise<ReleaseManifest> {
  const text = configText(name);
  const folder = join(root, 'build');
  await mkdir(folder, { recursive: true });
  await mkdir(join(root, 'worktree'), { recursive: true });
  await writeFile(join(folder, 'service.js'), service);
  const tarball = join(root, 'artifact.tgz');
  const { digest } = await packArtifact(folder, tarball);
  const runtime = runtimeOf(parseConfig(text, 'sluice.json', null));
  const release = { id: releaseId(digest, runtime), commit: 'c'.repeat(40), configuration: name };
  const manifest: ReleaseManifest = { version: 1, ...release, project: place.project, artifact: digest, runtime };
  await createReleaseStore(root).add(manifest, tarball);
  await host.deploy({
    ...{ ...place, release: refOf(manifest), goal, by: 'dana' },
    config: { text, file: 'sluice.json', configuration: null },
    place: { checkout: root, worktree: join(root, 'worktree'), projectRoot: '.' },
  });
  return manifest;
}

const follow = (isEnd: (state: EnvironmentState) => boolean) =>
  host.follow(place.project, place.environment, () => undefined, isEnd, never);
const isWaiting = ({ rollout }: EnvironmentState) =>
  rollout?.phase.name === 'watching' && rollout.phase.waiting === 'goal';
const routeInForce = async (): Promise<Route | undefined> => {
  const { routes } = await createRouterClient((await socketsOf(join(root, '.sluice/host'))).router).routes();
  return routes[0]?.route;
};
const splitOf = (route: Route | undefined) =>
  route?.slots.map(({ slot, weight, instances }) => [slot, weight, instances.map(({ id }) => id).sort()]);
/** Which instances answer so many requests. */
async function answersOf(requests: number): Promise<string[]> {
  const answers: string[] = [];
  while (answers.length < requests) answers.push(await (await fetch(`http://127.0.0.1:${ports.production}/`)).text());
  return answers;
}
/** The processes of instances. */
const services = () => processesOf(root).filter(({ command }) => command.includes('service.js'));

// in the order of a life: each goes on where the one before ended
describe('a fresh baseline', () => {
  let first: ReleaseManifest;
  let stable: number[];

  it('is not there for a first release', async () => {
    first = await deploy('first', 'production');
    await follow(isSettled);
    expect(splitOf(await routeInForce())).toEqual([['stable', 100, [`${first.id}-1`, `${first.id}-2`]]]);
    stable = services().map(({ pid }) => pid);
    expect(stable).toHaveLength(2);
  });

  it('starts with the canary, gets the share of one, and leaves stable alone', async () => {
    const second = await deploy('second', 'canary');
    await follow(isWaiting);
    expect(splitOf(await routeInForce())).toEqual([
      ['stable', 60, [`${first.id}-1`, `${first.id}-2`]],
      ['baseline', 20, [`${first.id}-baseline-1`]],
      ['canary', 20, [`${second.id}-1`]],
    ]);
    const fresh = (await answersOf(200)).filter((answer) => answer === `${first.id}-baseline-1`);
    expect(fresh.length).toBeGreaterThan(20);
    expect(fresh.length).toBeLessThan(60);
    const pids = services().map(({ pid }) => pid);
    expect(pids).toHaveLength(4);
    expect(pids).toEqual(expect.arrayContaining(stable));
    const { environments } = await host.status(place.project);
    const production = environments.find(({ environment }) => environment === place.environment);
    expect(production?.slots.map(({ slot, healthy, wanted }) => [slot, healthy, wanted])).toEqual([
      ['stable', 2, 2],
      ['baseline', 1, 1],
      ['canary', 1, 1],
    ]);
  });

  it('stays as it is while the controller is killed and another one takes over', async () => {
    const before = services().map(({ pid }) => pid);
    const split = splitOf(await routeInForce());
    const { pid } = await host.health();
    kill(pid);
    await eventually(async () => {
      const next = await (await findHost(root, program.controller))?.health();
      if (!next || next.pid === pid) throw new Error('no controller yet');
    }, 30_000);
    host = await connectHost(root, program.controller);
    expect(isWaiting(await follow(isWaiting))).toBe(true);
    expect(services().map((found) => found.pid)).toEqual(before);
    expect(splitOf(await routeInForce())).toEqual(split);
  });

  it('is stopped before a step that stable has a half of, without a request lost', async () => {
    const load = startLoad(ports.production);
    await deploy('second', 'production');
    const half = await follow(({ rollout }) => rollout?.phase.name === 'watching' && rollout.phase.step === 1);
    expect(half.rollout?.steps[0]?.slots.map(({ slot }) => slot).sort()).toEqual(['baseline', 'canary', 'stable']);
    const halves = await routeInForce();
    expect(halves?.slots.map(({ slot, weight }) => [slot, weight])).toEqual([
      ['stable', 50],
      ['canary', 50],
    ]);
    expect(services().map(({ pid }) => pid)).toEqual(expect.arrayContaining(stable));
    expect(services()).toHaveLength(4); // two of stable, two of the canary
    const end = await follow(isSettled);
    await load.stop();
    expect(load.results.filter((result) => result !== 200)).toEqual([]);
    expect(end.rollout?.outcome).toMatchObject({ result: 'done' });
    await follow(({ rollout }) => rollout?.phase.name === 'over');
    expect(services()).toHaveLength(2);
  });
});
