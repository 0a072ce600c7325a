import { readdir } from 'node:fs/promises';
import { endProcesses } from '../testing/host-program';
import { createMetricSource } from '../controller/metrics';
import { pinHeader, signPin } from './pin';
import type { RouteInput } from './route';
import { buildRouter, type RouterProgram } from './testing/process';
import { openStation, type Station } from './testing/station';
import { send } from './testing/visitor';
import { freePort, slot, until } from './testing/world';

jest.setTimeout(90_000); // processes start as slowly as the machine is busy

const place = { project: 'app', environment: 'production' };
const secret = 'a secret of tests';
const metrics: RouteInput['metrics'] = { misses: 'ratio', rows: 'histogram', queue: 'gauge' };
const never = new AbortController().signal;

let program: RouterProgram;
let station: Station;
let port: number;

beforeAll(async () => {
  program = await buildRouter();
});
afterAll(() => program.remove());

beforeEach(async () => {
  station = await openStation();
  port = await freePort();
});
afterEach(async () => {
  await endProcesses(station.dir);
  await station.close();
});

/** A router of so many processes, with half of the traffic for each of two releases; the canary misses always. */
async function start(processes: number, changes: Partial<RouteInput> = {}) {
  const { world, client, dir } = station;
  const instance = (name: string, misses: number) =>
    world.instance(name, (_, response) => {
      response.setHeader('Server-Timing', [`db;dur=1, misses;dur=${misses}`, 'rows;dur=100, queue;dur="8"']);
      response.end(name);
    });
  const [stable, canary] = [await instance('stable', 0), await instance('canary', 1)];
  await station.up(program.start(dir, '--workers', String(processes)));
  const serving = async () => (await readdir(dir)).filter((name) => /^r\d+\.sock$/.test(name)).length;
  await until(async () => (await serving()) === processes - 1);
  const slots = [slot('stable', 50, [stable], 'r1'), slot('canary', 50, [canary], 'r2')];
  await client.put({ ...place, port, generation: 1, sequence: 1, secret, metrics, slots, ...changes });
}

const told = async (requests: number) => {
  const source = createMetricSource(station.client, station.dir);
  const measure = () => source.measure({ ...place, from: 0, to: 1e15 }, never);
  await until(async () => (await measure()).slots.reduce((sum, each) => sum + each.requests, 0) === requests);
  return (await measure()).metrics;
};

describe('what answers tell of themselves', () => {
  it('is counted over all processes of the router, by release, and goes on to the client', async () => {
    await start(3);
    const replies = await Promise.all(Array.from({ length: 60 }, () => send(port, {})));
    expect(new Set(replies.map(({ headers }) => headers['server-timing']))).toEqual(
      new Set([0, 1].map((misses) => `db;dur=1, misses;dur=${misses}, rows;dur=100, queue;dur="8"`)),
    );
    const [r1 = 0, r2 = 0] = ['stable', 'canary'].map((name) => replies.filter(({ body }) => body === name).length);
    const [stable, canary] = [{ slot: 'stable', release: 'r1' } as const, { slot: 'canary', release: 'r2' } as const];
    const figures = await told(60);
    expect(Object.keys(figures ?? {}).sort()).toEqual(['misses', 'queue', 'rows']);
    expect(figures).toMatchObject({
      misses: { kind: 'ratio', slots: [{ ...stable, hits: 0, of: r1 }, { ...canary, hits: r2, of: r2 }] }, // prettier-ignore
      rows: { kind: 'histogram', slots: [{ ...stable, values: [[expect.any(Number), r1]] }, { ...canary }] },
      queue: { kind: 'gauge', slots: [{ ...stable, sum: 8 * r1, count: r1 }, { ...canary, sum: 8 * r2, count: r2 }] }, // prettier-ignore
    });
  });

  it('is not counted for what a tester asked for', async () => {
    await start(1);
    const pin = signPin(secret, { ...place, slot: 'canary', expires: Math.floor(Date.now() / 1000) + 60 });
    expect((await send(port, { headers: { [pinHeader]: pin } })).body).toBe('canary');
    await send(port, {});
    expect(await told(1)).toMatchObject({ misses: { slots: [{ of: 1 }] } });
  });

  it('is not looked at where the route wants none', async () => {
    await start(1, { metrics: {} });
    await send(port, {});
    expect(await told(1)).toBeUndefined();
  });
});
