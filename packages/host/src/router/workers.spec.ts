import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { endProcesses, kill, processesOf } from '../testing/host-program';
import type { RouterClient } from './client';
import type { RouteInput, Slot } from './route';
import { startLoad } from './testing/load';
import { buildRouter, type RouterProgram } from './testing/process';
import { openStation, type Station } from './testing/station';
import { send } from './testing/visitor';
import { freePort, slot, until, type World } from './testing/world';

jest.setTimeout(90_000); // processes start as slowly as the machine is busy

let program: RouterProgram;
let station: Station;
let world: World;
let dir: string;
let port: number;
let client: RouterClient;

beforeAll(async () => {
  program = await buildRouter();
});
afterAll(() => program.remove());

beforeEach(async () => {
  station = await openStation();
  ({ world, dir, client } = station);
  port = await freePort();
});
afterEach(async () => {
  await endProcesses(dir);
  await station.close();
});

const routeOf = (sequence: number, slots: Slot[], changes: Partial<RouteInput> = {}): RouteInput => ({
  ...{ project: 'app', environment: 'production', port, generation: 1, sequence, slots },
  ...changes,
});
const beside = () => processesOf(dir).filter(({ command }) => command.includes('--worker '));
/** Processes that serve have a socket, by which the router talks to them. */
const serving = async () => (await readdir(dir)).filter((name) => /^r\d+\.sock$/.test(name)).length;

async function start(): Promise<ChildProcess> {
  const router = await station.up(program.start(dir, '--workers', '3'));
  await until(async () => (await serving()) === 2);
  return router;
}
/** What so many visitors get at the same time, each on a connection of its own. */
const crowd = async (size: number, agent?: Agent) =>
  (await Promise.all(Array.from({ length: size }, () => send(port, agent ? { agent } : {})))).map(({ body }) => body);

async function counted(name?: Slot['slot']): Promise<number> {
  const { buckets } = await client.figures('app', 'production', { from: 0, to: Number.MAX_SAFE_INTEGER });
  return buckets
    .flatMap(({ slots }) => slots)
    .filter((each) => name === undefined || each.slot === name)
    .reduce((sum, { requests }) => sum + requests, 0);
}

describe('a router of several processes', () => {
  it('has a route in force in all of them when the answer comes, wherever it listens', async () => {
    const [blue, green] = [await world.instance('blue'), await world.instance('green')];
    await start();
    const agent = new Agent({ keepAlive: true }); // so that each process has some of the connections all the time
    await client.put(routeOf(1, [slot('stable', 100, [blue])]));
    for (let sequence = 2; sequence < 12; sequence += 1) {
      await crowd(30, agent);
      await client.put(routeOf(sequence, [slot('stable', 100, [sequence % 2 ? blue : green])]));
      expect(new Set(await crowd(30, agent))).toEqual(new Set([sequence % 2 ? 'blue' : 'green']));
    }
    port = await freePort();
    await client.put(routeOf(20, [slot('stable', 100, [green])], { port }));
    expect(new Set(await crowd(30))).toEqual(new Set(['green']));
    await client.remove('app', 'production');
    await expect(send(port, {})).rejects.toThrow('ECONNREFUSED');
    agent.destroy();
  });

  it('has one set of figures, and splits as one does, within a request a process', async () => {
    const [stable, canary] = [await world.instance('stable'), await world.instance('canary')];
    await start();
    await client.put(routeOf(1, [slot('stable', 90, [stable]), slot('canary', 10, [canary])]));
    const bodies: string[] = [];
    for (let i = 0; i < 10; i += 1) bodies.push(...(await crowd(20)));
    await until(async () => (await counted()) === 200);
    expect(await counted('canary')).toBe(bodies.filter((body) => body === 'canary').length);
    expect(Math.abs((await counted('canary')) - 20)).toBeLessThanOrEqual(3);
  });

  it('has one access log, of which each request is a whole line', async () => {
    const accessLog = join(dir, 'access.jsonl');
    await start();
    await client.put(routeOf(1, [slot('stable', 100, [await world.instance('stable')])], { accessLog }));
    for (let i = 0; i < 10; i += 1) await crowd(20);
    const lines = async () => (await readFile(accessLog, 'utf8')).split('\n').filter(Boolean);
    await until(async () => (await lines().catch(() => [])).length === 200);
    expect((await lines()).map((line): unknown => JSON.parse(line))).toEqual(
      Array(200).fill(expect.objectContaining({ path: '/', status: 200 })),
    );
  });

  it('takes so many connections in each of them as the limit says', async () => {
    await start();
    const limits = { connect: 1_000, headers: 5_000, idle: 5_000, whole: 5_000, connections: 2, headerBytes: 16_384 };
    await client.put(routeOf(1, [slot('stable', 100, [await world.instance('stable')])], { limits }));
    let refused = 0;
    const visitors = Array.from({ length: 30 }, () =>
      connect(port, '127.0.0.1')
        .on('error', () => undefined)
        .once('close', () => (refused += 1)),
    );
    await until(() => refused >= 24); // two are held by each of the three
    expect(visitors.filter((visitor) => !visitor.destroyed).length).toBeLessThanOrEqual(6);
    for (const visitor of visitors) visitor.destroy();
  });

  it('puts another process in the place of one that was killed, which knows the routes', async () => {
    const [blue, green] = [await world.instance('blue'), await world.instance('green')];
    await start();
    await client.put(routeOf(1, [slot('stable', 100, [blue])]));
    const [killed] = beside();
    kill(killed?.pid ?? 0);
    await client.put(routeOf(2, [slot('stable', 100, [green])]));
    expect(new Set(await crowd(20))).toEqual(new Set(['green']));
    await until(async () => beside().length === 2 && !beside().some(({ pid }) => pid === killed?.pid));
    expect(new Set(await crowd(20))).toEqual(new Set(['green']));
  });

  it('waits for none that is stuck: a route is in force when only those that confirmed it serve', async () => {
    await start();
    await client.put(routeOf(1, [slot('stable', 100, [await world.instance('blue')])]));
    const [stuck] = beside();
    if (stuck) process.kill(stuck.pid, 'SIGSTOP');
    await client.put(routeOf(2, [slot('stable', 100, [await world.instance('green')])]));
    await until(() => !beside().some(({ pid }) => pid === stuck?.pid));
    expect(new Set(await crowd(20))).toEqual(new Set(['green']));
    await until(() => beside().length === 2);
  });

  it('leaves its ports when it is killed, to the next one', async () => {
    const router = await start();
    await client.put(routeOf(1, [slot('stable', 100, [await world.instance('stable')])]));
    router.kill('SIGKILL');
    await once(router, 'exit');
    await until(() => beside().length === 0);
    await start();
    expect(await crowd(5)).toEqual(Array(5).fill('stable'));
  });

  it('ends as a whole', async () => {
    const router = await start();
    const left = once(router, 'exit');
    router.kill('SIGTERM');
    expect(await left).toEqual([0, null]);
    expect(processesOf(dir)).toEqual([]);
  });

  it('is replaced without a request lost or counted twice', async () => {
    await start();
    await client.put(routeOf(1, [slot('stable', 100, [await world.instance('stable')])]));
    const load = startLoad(port, { keeping: 12, fresh: 4 });
    for (let round = 0; round < 2; round += 1) {
      const answered = load.results.length;
      await until(() => load.results.length > answered + 200);
      await client.succeed(program.entry);
    }
    const answered = load.results.length;
    await until(() => load.results.length > answered + 200);
    await load.stop();
    expect(load.results.filter((result) => result !== 200)).toEqual([]);
    await until(async () => (await counted()) >= load.results.length);
    expect(await counted()).toBe(load.results.length);
    await until(() => processesOf(dir).length === 3);
  });
});
