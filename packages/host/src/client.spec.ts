import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aState } from '@sluice/core/testing';
import { connectHost, findHost, ownVersion } from './client';
import { createJsonServer, endServer, type Endpoint } from './control/json-server';
import { listenPrivately } from './control/private-socket';
import { socketsOf } from './sockets';
import { eventually } from './supervisor/testing';
import { buildHost, endProcesses, processesOf, type HostProgram } from './testing/host-program';

jest.setTimeout(60_000); // processes start as slowly as the machine is busy

const never = new AbortController().signal;
let root: string;
beforeEach(async () => (root = await realpath(await mkdtemp(join(tmpdir(), 'sluice-client-')))));
afterEach(async () => {
  jest.restoreAllMocks();
  await endProcesses(root);
  await rm(root, { recursive: true, force: true });
});

describe('a client of a host that does not run', () => {
  let program: HostProgram;
  beforeAll(async () => (program = await buildHost('1.2.3')));
  afterAll(() => program.remove());

  const connect = () => connectHost(root, program.controller);
  const controllers = () => processesOf(root).filter(({ command }) => command.includes('controller/main.js'));

  it('finds none, and starts it on demand', async () => {
    expect(await findHost(root, program.controller)).toBeNull();
    expect(processesOf(root)).toEqual([]);
    const host = await connect();
    const health = await host.health();
    expect(health).toMatchObject({ version: '1.2.3', root });
    expect(controllers().map(({ pid }) => pid)).toEqual([health.pid]);
    expect(await (await findHost(root, program.controller))?.health()).toMatchObject({ pid: health.pid });
    await eventually(async () => expect((await host.health()).router).not.toBeNull());
    expect(await host.close()).toBe(true);
    await eventually(() => expect(processesOf(root)).toEqual([]));
  });

  it('starts one host when several ask at once, even over the socket of one that was killed', async () => {
    const hosts = await Promise.all([connect(), connect(), connect()]);
    const pids = await Promise.all(hosts.map(async (host) => (await host.health()).pid));
    expect(new Set(pids).size).toBe(1);
    await eventually(() => expect(controllers()).toHaveLength(1));
    await endProcesses(root);
    const next = await Promise.all([connect(), connect(), connect()]);
    const nextPids = await Promise.all(next.map(async (host) => (await host.health()).pid));
    expect(new Set(nextPids).size).toBe(1);
    await eventually(() => expect(controllers()).toHaveLength(1));
  });

  it('ends a host that was just started, before its router is up', async () => {
    const host = await connect();
    expect(await host.close()).toBe(true);
    await eventually(() => expect(processesOf(root)).toEqual([]));
  });

  it('is told which state can not be read, while other projects are served', async () => {
    const states = join(root, '.sluice/state/production');
    await mkdir(states, { recursive: true });
    await writeFile(join(states, 'broken.json'), '{"version":1,');
    await writeFile(join(states, 'newer.json'), '{"version":2}');
    await writeFile(join(states, 'a+b+c.json'), '{}');
    await mkdir(join(root, '.sluice/state/elsewhere'), { recursive: true });
    await writeFile(join(root, '.sluice/state/elsewhere/app.json'), '{}');
    const host = await connect();
    expect(await host.state('@acme/web', 'production')).toMatchObject({ project: '@acme/web', stable: null });
    await expect(host.state('broken', 'production')).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    await expect(host.state('newer', 'production')).rejects.toMatchObject({ code: 'STATE_NEWER' });
    await expect(host.state('..', 'production')).rejects.toMatchObject({ code: 'NAME_INVALID' });
    expect(await host.close()).toBe(false); // one of them may be live
    await rm(join(states, 'broken.json'));
    expect(await host.state('broken', 'production')).toMatchObject({ stable: null });
  });

  it('is told that the table of instances can not be read, until it is mended', async () => {
    await mkdir(join(root, '.sluice/host'), { recursive: true });
    await writeFile(join(root, '.sluice/host/instances.json'), '');
    const host = await connect();
    await expect(host.state('app', 'production')).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    await expect(host.close()).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    expect(await host.health()).toMatchObject({ root });
    await rm(join(root, '.sluice/host/instances.json'));
    expect(await host.state('app', 'production')).toMatchObject({ stable: null });
  });

  it('says that it can not be reached, and where its log is', async () => {
    const entry = join(root, 'broken.js');
    await writeFile(entry, 'console.log("no"); process.exit(1);');
    const began = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => began + (Date.now() % 1e9) * 100); // an hour passes quickly
    await expect(connectHost(root, entry)).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      message: expect.stringContaining('did not start in time') as unknown,
      remedy: expect.stringContaining(join(root, '.sluice/host/controller.log')) as unknown,
    });
  });

  it('says so where the folder of the host can not be made', async () => {
    await writeFile(join(root, '.sluice'), 'a file');
    await expect(connect()).rejects.toMatchObject({ code: 'PATH_UNUSABLE' });
  });
});

describe('a client of a host', () => {
  let server: Server | undefined;
  afterEach(async () => {
    if (server) await endServer(server, 0);
    server = undefined;
  });

  const health: Endpoint = async () => ({ pid: process.pid, version: ownVersion(), root, startedAt: 0, router: null });
  async function hostWith(endpoints: Record<string, Endpoint>) {
    server = createJsonServer({ 'GET health': health, ...endpoints }, () => undefined);
    await listenPrivately(server, (await socketsOf(join(root, '.sluice/host'))).controller);
    const found = await findHost(root, 'no entry');
    if (!found) throw new Error('not found');
    return found;
  }

  it('says that the host is of another kind when it does not understand its answers', async () => {
    await expect(hostWith({ 'GET health': async () => ({ hello: 'world' }) })).rejects.toMatchObject({
      code: 'HOST_REFUSED',
    });
  });

  it('follows an environment until the end that is asked for, over streams that break off', async () => {
    let streams = 0;
    const host = await hostWith({
      'GET events': async () =>
        (async function* () {
          streams += 1;
          yield aState({ sequence: streams * 10 });
          await Promise.resolve();
          yield aState({ sequence: streams * 10 + 1 });
        })(),
    });
    const seen: number[] = [];
    const end = await host.follow(
      ...(['app', 'production'] as const),
      ({ sequence }) => seen.push(sequence),
      ({ sequence }) => sequence === 30,
      never,
    );
    expect(end.sequence).toBe(30);
    expect(seen).toEqual([10, 11, 20, 21, 30]);
  });

  it('tells whoever follows what they themselves threw, and does not try again', async () => {
    let streams = 0;
    const host = await hostWith({
      'GET events': async () =>
        (async function* () {
          streams += 1;
          yield aState();
          await new Promise(() => undefined);
        })(),
    });
    const broken = () => {
      throw new Error('the terminal is gone');
    };
    const followed = host.follow('app', 'production', broken, () => false, never);
    await expect(followed).rejects.toThrow('the terminal is gone');
    expect(streams).toBe(1);
  });

  it('stops following with the reason of its signal', async () => {
    const host = await hostWith({
      'GET events': async () =>
        (async function* () {
          yield aState();
          await new Promise(() => undefined);
        })(),
    });
    const stop = new AbortController();
    const followed = host.follow(
      'app',
      'production',
      () => stop.abort(new Error('Ctrl-C')),
      () => false,
      stop.signal,
    );
    await expect(followed).rejects.toThrow('Ctrl-C');
  });

  it('stops following where the host refuses that', async () => {
    const host = await hostWith({});
    const followed = host.follow(
      'app',
      'production',
      () => undefined,
      () => true,
      never,
    );
    await expect(followed).rejects.toMatchObject({ code: 'HOST_REFUSED' });
  });
});
