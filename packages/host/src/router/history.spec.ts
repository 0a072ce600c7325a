import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readHistory } from '../controller/history';
import { endProcesses, processesOf } from '../testing/host-program';
import { historyFolder } from './history-file';
import { pinHeader, signPin } from './pin';
import { startLoad } from './testing/load';
import { buildRouter, type RouterProgram } from './testing/process';
import { openStation, type Station } from './testing/station';
import { send } from './testing/visitor';
import { freePort, openWorld, slot, until, type World } from './testing/world';

const place = { project: 'app', environment: 'production' };
const minute = 50;
const never = new AbortController().signal;

/** What was written of each instance, as [requests, errors]. */
async function historyIn(dir: string, length = minute): Promise<Record<string, [number, number]>> {
  const cells = await readHistory(historyFolder(dir, place), { until: Date.now() + 3_600_000, length }, never);
  const sums: Record<string, [number, number]> = {};
  for (const { instance, requests, errors } of cells) {
    const [before, failed] = sums[instance] ?? [0, 0];
    sums[instance] = [before + requests, failed + errors];
  }
  return sums;
}

describe('the history of a route', () => {
  let world: World;
  beforeEach(async () => (world = await openWorld({ bucket: 50, minute })));
  afterEach(async () => {
    await world.close();
    jest.restoreAllMocks();
  });
  /** All that was counted so far. */
  async function history() {
    await world.restart();
    return historyIn(world.dir);
  }

  it('is of each instance of the stable slot', async () => {
    const stable = [
      await world.instance('a'),
      await world.instance('b', (_, response) => response.writeHead(500).end()),
      await world.instance('c', (request) => request.socket.destroy()),
    ];
    await world.apply([slot('stable', 50, stable), slot('canary', 50, [await world.instance('d')])]);
    for (let i = 0; i < 24; i += 1) await world.send({ method: 'POST' });
    expect(await history()).toEqual({ a: [4, 0], b: [4, 4], c: [4, 4] });
  });

  it('has what is synthetic, and nothing of testers', async () => {
    const secret = 'a secret of some length';
    await world.apply([slot('stable', 100, [await world.instance('a')])], { secret, syntheticToken: 'token' });
    await world.send({ headers: { 'x-sluice-synthetic': 'token' } });
    const pin = signPin(secret, { ...place, slot: 'stable', expires: Math.floor(Date.now() / 1_000) + 60 });
    expect((await world.send({ headers: { [pinHeader]: pin } })).status).toBe(200);
    expect(await history()).toEqual({ a: [1, 0] });
  });

  it('has nothing of an instance that was not reached', async () => {
    await world.apply([slot('stable', 100, [await world.nobody('gone'), await world.instance('alive')])]);
    for (let i = 0; i < 6; i += 1) expect((await world.send()).status).toBe(200);
    await world.apply([slot('stable', 100, [await world.nobody('gone')])]);
    expect((await world.send()).status).toBe(503);
    expect(await history()).toEqual({ alive: [6, 0] });
  });

  it('is on the disk while the router runs, once the minute is over and something happens', async () => {
    await world.apply([slot('stable', 100, [await world.instance('a')])]);
    await world.send();
    await until(async () => {
      await world.client.figures(place.project, place.environment, { from: 0, to: 1 });
      return (await historyIn(world.dir)).a?.[0] === 1;
    });
  });

  it('goes on after a restart', async () => {
    await world.apply([slot('stable', 100, [await world.instance('a')])]);
    for (let round = 1; round < 4; round += 1) {
      for (let i = 0; i < 5; i += 1) await world.send();
      expect(await history()).toEqual({ a: [5 * round, 0] });
    }
  });

  it('stops no request where it can not be written, which is said', async () => {
    const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    await writeFile(join(world.dir, 'history'), 'no folder');
    await world.apply([slot('stable', 100, [await world.instance('a')])]);
    await until(async () => {
      expect((await world.send()).status).toBe(200);
      return said.mock.calls.length > 0;
    });
    expect(String(said.mock.calls[0]?.[0])).toMatch(/^Minutes are not written to /);
    await world.restart();
    expect((await world.send()).status).toBe(200);
  });
});

describe('the history of a router of several processes', () => {
  jest.setTimeout(90_000); // processes start as slowly as the machine is busy
  let program: RouterProgram;
  let station: Station;
  beforeAll(async () => {
    program = await buildRouter();
  });
  afterAll(() => program.remove());
  beforeEach(async () => {
    station = await openStation();
  });
  afterEach(async () => {
    await endProcesses(station.dir);
    await station.close();
  });

  it('has every request once, whichever process had it, after one router has replaced another', async () => {
    const { world, dir, client } = station;
    const port = await freePort();
    await station.up(program.start(dir, '--workers', '3'));
    await until(() => processesOf(dir).length === 3);
    const slots = [slot('stable', 100, [await world.instance('a')])];
    await client.put({ ...place, port, generation: 1, sequence: 1, slots });
    const load = startLoad(port, { keeping: 6, fresh: 6 });
    await until(() => load.results.length > 200);
    const { pid } = await client.succeed(program.entry);
    const answered = load.results.length;
    await until(() => load.results.length > answered + 200);
    await load.stop();
    expect((await send(port, {})).status).toBe(200);
    expect(load.results.filter((result) => result !== 200)).toEqual([]);
    process.kill(pid, 'SIGTERM');
    await until(() => processesOf(dir).length === 0);
    expect(await historyIn(dir, 60_000)).toEqual({ a: [load.results.length + 1, 0] });
  });

  it('is whole when the router is told to leave', async () => {
    const { world, dir, client } = station;
    const port = await freePort();
    const router = await station.up(program.start(dir, '--workers', '1'));
    const slots = [slot('stable', 100, [await world.instance('a')])];
    await client.put({ ...place, port, generation: 1, sequence: 1, slots });
    for (let i = 0; i < 20; i += 1) await send(port, {});
    const left = once(router, 'exit');
    router.kill('SIGTERM');
    await left;
    expect(await historyIn(dir, 60_000)).toEqual({ a: [20, 0] });
  });
});
