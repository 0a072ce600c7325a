import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { RouterClient } from './client';
import { buildRouter } from './testing/process';
import { openStation, type Station } from './testing/station';
import { accepts, send } from './testing/visitor';
import { freePort, slot, until, type World } from './testing/world';

jest.setTimeout(30_000); // processes start as slowly as the machine is busy

let program: Awaited<ReturnType<typeof buildRouter>>;
let station: Station;
let world: World;
let dir: string;
let client: RouterClient;
let running: ChildProcess[];

beforeAll(async () => {
  program = await buildRouter();
});
afterAll(() => program.remove());

beforeEach(async () => {
  station = await openStation();
  ({ world, dir, client } = station);
  running = [];
});
afterEach(async () => {
  for (const router of running) if (router.exitCode === null) router.kill('SIGKILL');
  await station.close();
});

async function start(router = program.start(dir)): Promise<ChildProcess> {
  running.push(router);
  return station.up(router);
}

describe('the router process', () => {
  it('serves the last table after it was killed', async () => {
    const port = await freePort();
    const place = { project: 'app', environment: 'production', port, generation: 1, sequence: 1 };
    const killed = await start();
    await client.put({ ...place, slots: [slot('stable', 100, [await world.instance('stable')])] });
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect((await readdir(dir)).sort()).toEqual(['router.json', 'router.sock', 'routes.json']);

    const next = await start();
    expect((await send(port, {})).body).toBe('stable');
    expect(await client.health()).toMatchObject({ version: '9.9.9', pid: next.pid });
    expect(JSON.parse(await readFile(join(dir, 'router.json'), 'utf8'))).toMatchObject({ pid: next.pid });
  });

  it('finishes what is in flight when it is told to leave, and leaves nothing but its table and the history', async () => {
    const held: (() => void)[] = [];
    const instance = await world.instance('stable', (_, response) => {
      held.push(() => response.end('done'));
    });
    const port = await freePort();
    const place = { project: 'app', environment: 'production', port, generation: 1, sequence: 1 };
    const router = await start();
    await client.put({ ...place, slots: [slot('stable', 100, [instance])] });
    const begun = send(port, {});
    await until(() => held.length === 1);
    const left = once(router, 'exit');
    router.kill('SIGTERM');
    await until(async () => !(await accepts(port)));
    held.forEach((finish) => finish());
    expect((await begun).body).toBe('done');
    expect(await left).toEqual([0, null]);
    expect((await readdir(dir)).sort()).toEqual(['history', 'routes.json']);
  });

  it('goes on when its file descriptors were used up', async () => {
    const port = await freePort();
    const place = { project: 'app', environment: 'production', port, generation: 1, sequence: 1 };
    const router = await start(program.startWithin(dir, 64));
    await client.put({ ...place, slots: [slot('stable', 100, [await world.instance('stable')])] });
    let refused = 0;
    const crowd = Array.from({ length: 100 }, () =>
      connect(port, '127.0.0.1')
        .on('error', () => undefined)
        .once('close', () => (refused += 1)),
    );
    await until(() => refused > 20);
    await expect(send(port, {})).rejects.toMatchObject({ code: 'ECONNRESET' });
    for (const visitor of crowd) visitor.destroy();
    await until(async () => (await send(port, {}).catch(() => null))?.body === 'stable');
    expect(await client.health()).toMatchObject({ pid: router.pid });
    await client.put({ ...place, sequence: 2, slots: [slot('stable', 0, [])] });
  });

  it('says so when it can not open its socket', async () => {
    await writeFile(join(dir, 'router.sock'), 'of someone');
    const router = program.start(dir);
    running.push(router);
    expect(await once(router, 'exit')).toEqual([1, null]);
    expect(await readdir(dir)).toEqual(['router.sock']);
  });

  it('ends when another one has the socket', async () => {
    await start();
    const second = program.start(dir);
    running.push(second);
    expect(await once(second, 'exit')).toEqual([1, null]);
  });
});
