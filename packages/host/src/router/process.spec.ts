import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient, type RouterClient } from './client';
import { buildRouter } from './testing/process';
import { accepts, send } from './testing/visitor';
import { freePort, openWorld, slot, until, type World } from './testing/world';

jest.setTimeout(30_000); // processes start as slowly as the machine is busy

let program: Awaited<ReturnType<typeof buildRouter>>;
let world: World; // lends its instances
let dir: string;
let client: RouterClient;
let running: ChildProcess[];

beforeAll(async () => {
  program = await buildRouter();
});
afterAll(() => program.remove());

beforeEach(async () => {
  world = await openWorld();
  dir = await mkdtemp(join(tmpdir(), 'sluice-router-'));
  client = createRouterClient(join(dir, 'router.sock'));
  running = [];
});
afterEach(async () => {
  for (const router of running) if (router.exitCode === null) router.kill('SIGKILL');
  await world.close();
  await rm(dir, { recursive: true, force: true });
});

async function start(): Promise<ChildProcess> {
  const router = program.start(dir);
  running.push(router);
  await until(async () => (await client.health().catch(() => null))?.pid === router.pid);
  return router;
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

  it('finishes what is in flight when it is told to leave, and leaves nothing but its table', async () => {
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
    expect(await readdir(dir)).toEqual(['routes.json']);
  });

  it('ends when another one has the socket', async () => {
    await start();
    const second = program.start(dir);
    running.push(second);
    expect(await once(second, 'exit')).toEqual([1, null]);
  });
});
