import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { kill } from '../testing/host-program';
import type { RouterClient } from './client';
import type { RouteInput, Slot } from './route';
import { startLoad } from './testing/load';
import { buildRouter, type RouterProgram } from './testing/process';
import { openStation, type Station } from './testing/station';
import { closing, switching, textFrom, upgraded } from './testing/switching';
import { send } from './testing/visitor';
import { freePort, slot, until, type World } from './testing/world';

jest.setTimeout(90_000); // processes start as slowly as the machine is busy

let program: RouterProgram;
let newer: RouterProgram;
let station: Station;
let world: World;
let dir: string;
let port: number;
let client: RouterClient;
let first: ChildProcess;
let pids: number[];

beforeAll(async () => {
  program = await buildRouter();
  newer = await program.as('9.9.10');
});
afterAll(() => Promise.all([program.remove(), newer.remove()]));

beforeEach(async () => {
  station = await openStation();
  ({ world, dir, client } = station);
  port = await freePort();
  first = program.start(dir);
  pids = [first.pid ?? 0];
  await station.up(first);
});
afterEach(async () => {
  pids.forEach(kill);
  await station.close();
});

const routeOf = (sequence: number, slots: Slot[]): RouteInput => ({
  ...{ project: 'app', environment: 'production', port, generation: 1, sequence, slots },
});
async function swap(to: RouterProgram): Promise<number> {
  const { pid } = await client.succeed(to.entry);
  pids.push(pid);
  return pid;
}
const bucketsNow = async () =>
  (await client.figures('app', 'production', { from: 0, to: Number.MAX_SAFE_INTEGER })).buckets;
async function counted(name?: Slot['slot']): Promise<number> {
  return (await bucketsNow())
    .flatMap(({ slots }) => slots)
    .filter((each) => name === undefined || each.slot === name)
    .reduce((sum, { requests }) => sum + requests, 0);
}
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a router that is replaced', () => {
  it('loses no request and counts each once, however often', async () => {
    const [stable, canary] = [await world.instance('stable'), await world.instance('canary')];
    await client.put(routeOf(1, [slot('stable', 90, [stable]), slot('canary', 10, [canary])]));
    const load = startLoad(port);
    const versions: string[] = [];
    for (const next of [newer, program]) {
      const answered = load.results.length;
      await until(() => load.results.length > answered + 200);
      const pid = await swap(next);
      const health = await client.health();
      expect(health.pid).toBe(pid);
      versions.push(health.version);
    }
    const answered = load.results.length;
    await until(() => load.results.length > answered + 200);
    await load.stop();
    expect(load.results.filter((result) => result !== 200)).toEqual([]);
    expect(versions).toEqual(['9.9.10', '9.9.9']);
    await until(async () => (await counted()) >= load.results.length);
    expect(await counted()).toBe(load.results.length);
    // each of the three is exact, within a request
    expect(Math.abs((await counted('canary')) - load.results.length / 10)).toBeLessThanOrEqual(3);
    await until(() => pids.slice(0, -1).every((pid) => !isAlive(pid)));
    expect((await readdir(dir)).sort()).toEqual(['history', 'router.json', 'router.log', 'router.sock', 'routes.json']);
    expect(JSON.parse(await readFile(join(dir, 'router.json'), 'utf8'))).toMatchObject({ pid: pids.at(-1) });
  });

  it('answers what it has begun, and shows it in flight, while the next one serves', async () => {
    const held: (() => void)[] = [];
    const instance = await world.instance('stable', (request, response) => {
      if (request.url === '/held') held.push(() => response.end('done'));
      else response.end('at once');
    });
    await client.put(routeOf(1, [slot('stable', 100, [instance])]));
    const begun = send(port, { path: '/held' });
    await until(() => held.length === 1);
    await swap(newer);
    expect((await send(port, {})).body).toBe('at once');
    expect((await client.routes()).routes).toMatchObject([{ listening: true, inFlight: [{ requests: 1 }] }]);
    held.forEach((finish) => finish());
    expect(await begun).toMatchObject({ status: 200, body: 'done', headers: { connection: 'close' } });
    await until(async () => (await counted()) === 2);
    expect((await client.routes()).routes).toMatchObject([{ inFlight: [{ requests: 0 }] }]);
  });

  it('holds a WebSocket that it has, both ways, while the next one serves, and ends when that is over', async () => {
    const { instance, next } = await switching(world);
    await client.put(routeOf(1, [slot('stable', 100, [instance])]));
    const [old, { socket }] = [await upgraded({ port: () => port }), await next()];
    await swap(newer);
    old.socket.write('ping');
    expect(await textFrom(socket)).toBe('ping');
    socket.write('pong');
    expect(await textFrom(old.socket)).toBe('pong');
    expect((await client.routes()).routes).toMatchObject([{ inFlight: [{ requests: 1 }] }]);
    const [fresh, other] = [await upgraded({ port: () => port }), await next()];
    expect(pids.map(isAlive)).toEqual([true, true]);
    old.socket.end();
    await Promise.all([closing(socket), closing(old.socket)]);
    await until(() => pids.map(isAlive).join() === 'false,true');
    fresh.socket.write('still');
    expect(await textFrom(other.socket)).toBe('still');
    await until(async () => (await counted()) === 2);
    fresh.socket.destroy();
  });

  it('answers once more on a connection that was idle, by the route that is in force then', async () => {
    const [blue, green] = [await world.instance('blue'), await world.instance('green')];
    await client.put(routeOf(1, [slot('stable', 100, [blue])]));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect((await send(port, { agent })).body).toBe('blue');
    await swap(newer);
    await client.put(routeOf(2, [slot('stable', 100, [green])]));
    const last = await send(port, { agent });
    expect([last.body, last.headers.connection]).toEqual(['green', 'close']);
    const next = await send(port, { agent });
    expect([next.body, next.headers.connection]).toEqual(['green', 'keep-alive']);
    agent.destroy();
    await until(async () => (await counted()) === 3);
    const bySequence = (await bucketsNow()).map(({ sequence, slots }) => [sequence, slots[0]?.requests ?? 0] as const);
    const sum = (wanted: number) =>
      bySequence.filter(([sequence]) => sequence === wanted).reduce((total, [, requests]) => total + requests, 0);
    expect([sum(1), sum(2)]).toEqual([1, 2]);
  });

  it('tells its figures to the last of several that follow, and changes its route with them', async () => {
    const [blue, green] = [await world.instance('blue'), await world.instance('green')];
    await client.put(routeOf(1, [slot('stable', 100, [blue])]));
    const agents = [1, 2].map(() => new Agent({ keepAlive: true, maxSockets: 1 }));
    for (const agent of agents) {
      await send(port, { agent });
      await swap(newer); // so that each of them holds up another router
    }
    expect(pids.map(isAlive)).toEqual([true, true, true]);
    await client.put(routeOf(2, [slot('stable', 100, [green])]));
    for (const agent of agents) {
      const last = await send(port, { agent });
      expect([last.body, last.headers.connection]).toEqual(['green', 'close']);
    }
    await until(() => pids.slice(0, 2).every((pid) => !isAlive(pid)));
    await until(async () => (await counted()) === 4);
  });

  it('goes on with the same turns of the split', async () => {
    const [stable, canary] = [await world.instance('stable'), await world.instance('canary')];
    await client.put(routeOf(1, [slot('stable', 80, [stable]), slot('canary', 20, [canary])]));
    const bodies: string[] = [];
    for (let i = 0; i < 12; i += 1) {
      if (i === 4) await swap(newer);
      bodies.push((await send(port, {})).body);
    }
    const turns = bodies.flatMap((body, index) => (body === 'canary' ? [index] : []));
    expect(turns.slice(1).map((turn, index) => turn - (turns[index] ?? 0))).toEqual([5]);
  });

  it.each([
    ['ends at once', 'process.exit(3)'],
    ['speaks another protocol', "process.once('message', () => process.exit(4)); process.send({ kind: 'ready' })"],
  ])('goes on as it is when the new one %s', async (_, text) => {
    const entry = join(dir, 'broken.js');
    await writeFile(entry, text);
    await client.put(routeOf(1, [slot('stable', 100, [await world.instance('stable')])]));
    await expect(client.succeed(entry)).rejects.toMatchObject({ code: 'HANDOVER_FAILED' });
    expect((await send(port, {})).body).toBe('stable');
    await client.put(routeOf(2, [slot('stable', 0, [])]));
    expect(await client.health()).toMatchObject({ pid: first.pid });
    await until(async () => (await counted()) === 1);
    await swap(newer); // and can be replaced later
  });

  it('is the one that a second call means, too, while the first is under way', async () => {
    const both = await Promise.all([client.succeed(newer.entry), client.succeed(newer.entry)]);
    pids.push(...both.map(({ pid }) => pid));
    expect(both[0]).toEqual(both[1]);
    expect(await client.health()).toMatchObject(both[0]);
  });

  it('leaves its routes to no one when it is killed meanwhile: the next one has them', async () => {
    await client.put(routeOf(1, [slot('stable', 100, [await world.instance('stable')])]));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await send(port, { agent }); // keeps the first one from ending
    await swap(newer);
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect((await send(port, {})).body).toBe('stable');
    await client.put(routeOf(2, [slot('stable', 0, [])]));
    agent.destroy();
    await until(async () => !(await readdir(dir)).some((name) => /^r\d/.test(name)));
  });
});
