import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { routerDefaults, type Route } from '@sluice/core';
import { describeRouterContract } from '@sluice/core/testing';
import { freePort, openWorld, until, type World } from '../router/testing/world';
import type { Instance } from '../router/route';
import { createTraffic } from './traffic';

jest.setTimeout(30_000);

const never = new AbortController().signal;
const place = { project: '@acme/web', environment: 'production' };
const workload = (release: string) => ({ ...place, release });

const secret = 'a secret of some length';

let world: World;
let instances: Map<string, Instance[]>;
let port: number;
const addressOf = async (name: string, handler?: RequestListener): Promise<Instance> => {
  const { id, host, port } = await world.instance(name, handler);
  return { id, host, port };
};
const make = (token = 'token') =>
  createTraffic(world.client, ({ release, slot }) => instances.get(slot ? `${release}/${slot}` : release) ?? [], {
    ...{ syntheticToken: token, secret, logFolder: world.dir },
  });
/** With a fresh baseline beside both. */
const beside = (changes: Partial<Route> = {}): Route => ({
  ...route(0, changes),
  slots: [
    { slot: 'stable', release: 'r1', weight: 0 },
    { slot: 'baseline', release: 'r1', weight: 100 },
    { slot: 'canary', release: 'r2', weight: 0 },
  ],
});
const route = (canary: number, changes: Partial<Route> = {}): Route => ({
  ...{ ...place, host: '127.0.0.1', port, generation: 1, sequence: 1 },
  slots: [
    { slot: 'stable', release: 'r1', weight: 100 - canary },
    { slot: 'canary', release: 'r2', weight: canary },
  ],
  ...changes,
});
const ask = async () => (await fetch(`http://127.0.0.1:${port}/`)).text();

async function open() {
  world = await openWorld();
  port = await freePort();
  instances = new Map([
    ['r1', [await addressOf('r1')]],
    ['r2', [await addressOf('r2')]],
    ['r1/baseline', [await addressOf('r1/baseline')]],
  ]);
}

describeRouterContract('the embedded router', async () => {
  await open();
  const squatter = createServer();
  return {
    router: make(),
    releases: ['r1', 'r2'],
    address: { ...place, host: '127.0.0.1', port },
    async ask(requests) {
      const answers: (string | null)[] = [];
      for (let i = 0; i < requests; i++) answers.push(await ask().catch(() => null));
      return answers;
    },
    async takenPort() {
      squatter.listen(0, '127.0.0.1');
      await once(squatter, 'listening');
      const address = squatter.address();
      return typeof address === 'object' && address ? address.port : 0;
    },
    reopen: () => make('another token'),
    async dispose() {
      squatter.close();
      await world.close();
    },
  };
});

describe('traffic', () => {
  beforeEach(open);
  afterEach(() => world.close());

  const table = async () => (await world.client.routes()).routes.map((listing) => listing.route);
  /** The instances of a release are others now. */
  const move = async (release: string, name: string) => instances.set(release, [await addressOf(name)]);

  it('goes to the addresses that the releases of a route have', async () => {
    await make().apply(route(0), never);
    expect(await ask()).toBe('r1');
    expect(await table()).toMatchObject([
      {
        ...place,
        slots: [{ release: 'r1', instances: instances.get('r1') }, { release: 'r2' }],
        syntheticToken: 'token',
      },
    ]);
  });

  it('takes the settings of a route along, whatever becomes of its addresses', async () => {
    const traffic = make();
    const settings = { ...routerDefaults(), sticky: true, accessLog: true };
    await traffic.apply(route(0, { settings }), never);
    await move('r1', 'r1 elsewhere');
    await traffic.refresh(workload('r1'));
    const accessLog = join(world.dir, 'access-%40acme%2Fweb-production.jsonl');
    expect(await table()).toMatchObject([{ sticky: true, secret, accessLog, limits: routerDefaults().limits }]);
    expect(await traffic.read(place.project, place.environment, never)).toEqual(route(0, { settings }));
    await traffic.apply(route(0, { settings: routerDefaults(), sequence: 2 }), never);
    expect((await table())[0]).not.toHaveProperty('accessLog');
  });

  it('says which metrics are counted, whatever becomes of its addresses', async () => {
    const traffic = make();
    const counting = route(0, { metrics: { misses: 'ratio', rows: 'histogram' } });
    await traffic.apply(counting, never);
    await move('r1', 'r1 elsewhere');
    await traffic.refresh(workload('r1'));
    expect(await table()).toMatchObject([{ metrics: { misses: 'ratio', rows: 'histogram' }, revision: 1 }]);
    expect(await traffic.read(place.project, place.environment, never)).toEqual(counting);
    await traffic.apply(route(0, { sequence: 2 }), never);
    expect((await table())[0]).not.toHaveProperty('metrics');
  });

  it('follows newer addresses, which do not cut the figures', async () => {
    const traffic = make();
    await traffic.apply(route(0), never);
    const { now } = await world.client.health();
    await ask();
    await move('r1', 'r1 elsewhere');
    await traffic.refresh(workload('r1'));
    expect(await ask()).toBe('r1 elsewhere');
    let buckets: { from: number; requests: number }[] = [];
    await until(async () => {
      const found = await world.client.figures(place.project, place.environment, {
        from: now - 1000,
        to: now + 60_000,
      });
      buckets = found.buckets.map(({ from, slots }) => ({
        from,
        requests: slots.reduce((n, { requests }) => n + requests, 0),
      }));
      return buckets.reduce((n, { requests }) => n + requests, 0) === 2;
    });
    expect(buckets.filter(({ from }) => from > now && from % 100 !== 0)).toEqual([]);
    expect(await traffic.read(place.project, place.environment, never)).toEqual(route(0));
  });

  it('is not touched for a release that no route names, nor for one of another environment', async () => {
    const traffic = make();
    await traffic.apply(route(0), never);
    const before = await table();
    await move('r1', 'r1 elsewhere');
    await traffic.refresh(workload('r3'));
    await traffic.refresh({ ...workload('r1'), environment: 'staging' });
    expect(await table()).toEqual(before);
  });

  it('is never moved by newer addresses after a route was refused', async () => {
    const traffic = make();
    await traffic.apply(route(0, { sequence: 5 }), never);
    await expect(traffic.apply(route(100, { sequence: 4 }), never)).rejects.toMatchObject({ code: 'ROUTE_STALE' });
    const other = await world.instance('other');
    await expect(traffic.apply(route(100, { sequence: 6, port: other.port }), never)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
    });
    await other.stop();
    await move('r1', 'r1 elsewhere');
    await traffic.refresh(workload('r1'));
    expect(await ask()).toBe('r1 elsewhere');
    expect(await traffic.read(place.project, place.environment, never)).toEqual(route(0, { sequence: 5 }));
  });

  it('takes newer addresses whatever the clock of this controller or of the one before it says', async () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
    await make().apply(route(0), never);
    await make().refresh(workload('r1'));
    clock.mockRestore();
    await move('r1', 'r1 elsewhere');
    await make().refresh(workload('r1'));
    expect(await ask()).toBe('r1 elsewhere');
  });

  it('ends where it was moved last when new addresses come at the same time', async () => {
    const traffic = make();
    await traffic.apply(route(0), never);
    const moves = Array.from({ length: 20 }, (_, i) => [
      traffic.refresh(workload('r1')),
      traffic.apply(route(i % 2 ? 0 : 100, { sequence: 2 + i }), never),
      traffic.refresh(workload('r2')),
    ]);
    await Promise.all(moves.flat());
    expect(await traffic.read(place.project, place.environment, never)).toEqual(route(0, { sequence: 21 }));
  });

  it('gets the addresses of now when a router is started again with those of before', async () => {
    await make().apply(route(0), never);
    await world.restart(() => move('r1', 'r1 elsewhere'));
    expect(await ask()).toBe('r1');
    await make('of the next controller').restore([]);
    expect(await ask()).toBe('r1 elsewhere');
    expect(await table()).toMatchObject([{ ...route(0), syntheticToken: 'of the next controller' }]);
  });

  it.each([
    ['is up before the instances', true],
    ['is up after the instances', false],
  ])('finds its way after a reboot, when the router %s', async (_, isFirst) => {
    await make().apply(route(0), never);
    instances.clear();
    await world.restart();
    const next = make();
    if (isFirst) await next.restore([]);
    await move('r1', 'r1 elsewhere');
    if (isFirst) await next.refresh(workload('r1'));
    else await next.restore([]);
    expect(await ask()).toBe('r1 elsewhere');
  });

  it('is brought back as the states have it when the router has lost its table, and only then', async () => {
    const traffic = make();
    await traffic.apply(route(50, { sequence: 7 }), never);
    await traffic.restore([route(0, { sequence: 9 })]);
    expect(await traffic.read(place.project, place.environment, never)).toEqual(route(50, { sequence: 7 }));
    await world.restart(() => rm(join(world.dir, 'routes.json')));
    await traffic.restore([route(0, { sequence: 9 }), { ...route(0), environment: 'staging', slots: [] }]);
    expect(await ask()).toBe('r1');
    expect(await table()).toMatchObject([route(0, { sequence: 9 })]);
    expect(JSON.parse(await readFile(join(world.dir, 'routes.json'), 'utf8'))).toMatchObject({
      routes: [route(0, { sequence: 9 })],
    });
  });

  it('follows a fresh baseline to newer addresses, which stable of the same release keeps out of', async () => {
    const traffic = make();
    await traffic.apply(beside(), never);
    await move('r1/baseline', 'fresh elsewhere');
    await traffic.refresh({ ...workload('r1'), slot: 'baseline' });
    expect(await ask()).toBe('fresh elsewhere');
    await traffic.apply(route(0, { sequence: 2 }), never);
    expect(await ask()).toBe('r1');
  });

  it('counts apart what a fresh baseline works on, so that it drains by itself', async () => {
    const held: (() => void)[] = [];
    const handler: RequestListener = (_, response) => void held.push(() => response.end('fresh'));
    instances.set('r1/baseline', [await addressOf('r1/baseline', handler)]);
    const traffic = make();
    await traffic.apply(beside(), never);
    const begun = ask();
    await until(() => held.length === 1);
    await traffic.apply(route(0, { sequence: 2 }), never);
    expect(await traffic.inFlight(workload('r1'), never)).toBe(0);
    expect(await traffic.inFlight({ ...workload('r1'), slot: 'baseline' }, never)).toBe(1);
    held.forEach((finish) => finish());
    expect(await begun).toBe('fresh');
    await until(async () => (await traffic.inFlight({ ...workload('r1'), slot: 'baseline' }, never)) === 0);
  });

  it('counts what instances of a release work on', async () => {
    const held: (() => void)[] = [];
    instances.set('r1', [await addressOf('r1', (_, response) => void held.push(() => response.end('r1')))]);
    const traffic = make();
    await traffic.apply(route(0), never);
    expect(await traffic.inFlight(workload('r1'), never)).toBe(0);
    const begun = [ask(), ask()];
    await until(() => held.length === 2);
    expect(await traffic.inFlight(workload('r1'), never)).toBe(2);
    await traffic.apply(route(100, { sequence: 2 }), never);
    expect(await traffic.inFlight(workload('r1'), never)).toBe(2);
    expect(await traffic.inFlight({ ...workload('r1'), environment: 'staging' }, never)).toBe(0);
    held.forEach((finish) => finish());
    await Promise.all(begun);
    await until(async () => (await traffic.inFlight(workload('r1'), never)) === 0);
  });
});
