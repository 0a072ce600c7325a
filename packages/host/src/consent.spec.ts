import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSettled, parseConfig, refOf, releaseId, runtimeOf, type EnvironmentState } from '@sluice/core';
import { auditFile, createAuditLog, createReleaseStore, packArtifact, signalFile } from '@sluice/adapters/files';
import { connectHost, type HostClient } from './client';
import { freePort } from './router/testing/world';
import { buildHost, endProcesses, kill, type HostProgram } from './testing/host-program';

jest.setTimeout(180_000); // real processes, on a machine that may be busy

const place = { project: '@acme/web', environment: 'production' } as const;
const never = new AbortController().signal;
const service = `
const { createServer } = require('node:http');
setTimeout(() => process.exit(9), 300_000).unref(); // should a test forget it
createServer((request, response) => response.end(process.env.NAME)).listen(Number(process.env.PORT), process.env.HOST);
`;

let program: HostProgram;
let root: string;
let ports: { staging: number; production: number };
let host: HostClient;

beforeAll(async () => {
  program = await buildHost();
  root = await realpath(await mkdtemp(join(tmpdir(), 'sluice-consent-')));
  ports = { staging: await freePort(), production: await freePort() };
  host = await connectHost(root, program.controller);
});
afterAll(async () => {
  await endProcesses(root);
  await program.remove();
  await rm(root, { recursive: true, force: true });
});

const twoOf = (before: 'canary' | 'production') => ({ before, by: 2 });

/** Hands a release to the host whose configuration asks for these. */
async function deploy(name: string, asked: object): Promise<string> {
  const text = JSON.stringify({
    runtime: {
      command: ['node', 'service.js', root], // by which its processes are found
      ...{ env: { NAME: name }, health: { interval: '200ms', startTimeout: '30s' }, drain: '2s' },
    },
    environments: { staging: { port: ports.staging }, production: { port: ports.production } },
    canary: {
      ...{ traffic: 20, method: 'threshold', duration: '1s', maxDuration: '2m', interval: '200ms', noData: '60s' },
      threshold: {
        ...{ minRequests: 10, promote: { latency: { ratio: 10, absolute: '2s' } } },
        rollback: { latency: { ratio: 10, absolute: '5s' } },
      },
      synthetic: { rate: 50 },
    },
    production: { steps: [100], stepDuration: '1s' },
    rollback: { window: '1s' },
    ...asked,
  });
  const folder = join(root, 'build');
  await mkdir(folder, { recursive: true });
  await mkdir(join(root, 'worktree'), { recursive: true });
  await writeFile(join(folder, 'service.js'), service);
  const tarball = join(root, 'artifact.tgz');
  const { digest } = await packArtifact(folder, tarball);
  const runtime = runtimeOf(parseConfig(text, 'sluice.json', null));
  const release = { id: releaseId(digest, runtime), commit: 'c'.repeat(40), configuration: name };
  const manifest = { version: 1 as const, ...release, project: place.project, artifact: digest, runtime };
  await createReleaseStore(root).add(manifest, tarball);
  await host.deploy({
    ...{ ...place, release: refOf(manifest), goal: 'production', by: 'dana' },
    config: { text, file: 'sluice.json', configuration: null },
    place: { checkout: root, worktree: join(root, 'worktree'), projectRoot: '.' },
  });
  return release.id;
}

const follow = (isEnd: (state: EnvironmentState) => boolean) =>
  host.follow(place.project, place.environment, () => undefined, isEnd, never);
const waitsFor = (waiting: string) => (state: EnvironmentState) => {
  const phase = state.rollout?.phase;
  return (phase?.name === 'parked' || phase?.name === 'watching') && phase.waiting === waiting;
};
const agree = (release: string, before: 'canary' | 'production', by: string) =>
  host.approve({ ...place, release, before, by, reason: 'it was looked at' });
const answer = async () => (await fetch(`http://127.0.0.1:${ports.production}/`)).text();

it('parks, holds and goes on as people say, over a controller that is killed, and goes back in a freeze', async () => {
  await deploy('first', {});
  await follow(isSettled);

  const next = await deploy('next', { approvals: [twoOf('canary'), twoOf('production')] });
  await follow(waitsFor('approval'));
  await agree(next, 'canary', 'erin');
  kill((await host.health()).pid);
  host = await connectHost(root, program.controller);
  const { rollout } = await host.state(place.project, place.environment);
  expect(rollout?.approvals.map(({ by }) => by)).toEqual(['erin']);
  await expect(agree(next, 'canary', 'dana')).rejects.toMatchObject({ code: 'APPROVAL_OWN' });
  expect((await host.status(place.project)).environments[1]).toMatchObject({
    outcome: 'waiting',
    waiting: { for: 'approval', before: 'canary', approvals: { wanted: 2, given: [{ by: 'erin' }] } },
  });
  expect(await answer()).toBe('first');
  await agree(next, 'canary', 'frank');
  await follow((state) => waitsFor('approval')(state) && state.rollout?.phase.name === 'watching');
  await agree(next, 'production', 'erin');
  await agree(next, 'production', 'frank');
  const done = await follow(isSettled);
  expect(done).toMatchObject({ stable: { id: next }, rollout: { outcome: { result: 'done' } } });
  expect(await answer()).toBe('next');

  const log = createAuditLog(auditFile(root));
  const { audit } = JSON.parse(await readFile(signalFile(root), 'utf8')) as { audit: EnvironmentState['audit'] };
  expect(await log.verify(audit)).toMatchObject({ ok: true });
  expect((await log.read()).filter(({ what }) => what === 'approve').map(({ by }) => by)).toEqual([
    ...['erin', 'frank', 'erin', 'frank'],
  ]);
  expect((await log.read()).filter(({ what }) => what === 'refused')).toMatchObject([
    { by: 'dana', release: next, detail: expect.stringContaining('(APPROVAL_OWN)') as string },
  ]);

  const freeze = [{ cron: '* * * * *', for: '2m', reason: 'holidays' }];
  const third = await deploy('third', { freeze });
  expect((await host.status(place.project)).environments[1]).toMatchObject({
    ...{ outcome: 'waiting', waiting: { for: 'freeze' }, freeze: { reason: 'holidays', lifted: null } },
  });
  await host.unfreeze({ ...place, lasts: 3_600_000, reason: 'it is urgent', by: 'erin' });
  await follow(isSettled);
  expect(await answer()).toBe('third');

  await deploy('fourth', { freeze, approvals: [twoOf('canary')] });
  await host.rollBack({ ...place, to: next, reason: 'third is slow', by: 'erin' });
  const back = await follow((state) => isSettled(state) && state.rollout?.plan.kind === 'rollback');
  expect(back).toMatchObject({ stable: { id: next } });
  expect([await answer(), third === next]).toEqual(['next', false]);
});
