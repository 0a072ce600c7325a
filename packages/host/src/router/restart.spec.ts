import { once } from 'node:events';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startRouter } from './router';
import { accepts } from './testing/visitor';
import { openWorld, slot, until, type World } from './testing/world';

let world: World;
beforeEach(async () => {
  world = await openWorld();
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await world.close();
});

describe('a restarted router', () => {
  it('serves the last table', async () => {
    const [stable, canary] = [await world.instance('stable'), await world.instance('canary')];
    await world.apply([slot('stable', 100, [stable])]);
    const route = await world.apply([slot('stable', 50, [stable]), slot('canary', 50, [canary])]);
    await world.restart();
    expect((await world.client.routes()).routes).toMatchObject([{ route, listening: true }]);
    expect(new Set([(await world.send()).body, (await world.send()).body])).toEqual(new Set(['stable', 'canary']));
    await expect(world.client.put({ ...route, sequence: 1 })).rejects.toMatchObject({ code: 'ROUTE_STALE' });
  });

  it('does not serve what was removed', async () => {
    await world.apply([slot('stable', 100, [await world.instance('stable')])]);
    await world.client.remove('app', 'production');
    await world.restart();
    expect((await world.client.routes()).routes).toEqual([]);
  });

  it('serves the rest when a port was taken meanwhile, and that one when it is applied again', async () => {
    const route = await world.apply([slot('stable', 100, [await world.instance('stable')])]);
    const squatter = createServer();
    await world.restart(async () => {
      squatter.listen(world.port(), '127.0.0.1');
      await once(squatter, 'listening');
    });
    expect((await world.client.routes()).routes).toMatchObject([{ listening: false }]);
    await expect(world.client.put(route)).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    squatter.close();
    await once(squatter, 'close');
    await world.client.put(route);
    expect((await world.send()).body).toBe('stable');
  });

  it.each(['', '{"version":1,"rou', '{"version":2,"routes":[]}'])(
    'puts an unreadable table aside: %p',
    async (text) => {
      await world.restart(() => writeFile(join(world.dir, 'routes.json'), text));
      expect((await world.client.routes()).routes).toEqual([]);
      expect(await readFile(join(world.dir, 'routes.json.unreadable'), 'utf8')).toBe(text);
    },
  );

  it('leaves no other files', async () => {
    await world.apply([slot('stable', 0, [])]);
    expect((await readdir(world.dir)).sort()).toEqual(['router.json', 'router.sock', 'routes.json']);
    await world.restart(async () => {
      expect(await readdir(world.dir)).toEqual(['routes.json']);
    });
  });
});

describe('the router', () => {
  it('puts a split in force even when it cannot be saved, says so, and saves it when it is applied again', async () => {
    const [blue, green] = [await world.instance('blue'), await world.instance('green')];
    await world.apply([slot('stable', 100, [blue])]);
    const file = join(world.dir, 'routes.json');
    await rm(file);
    await mkdir(file); // no file takes the place of a folder
    const next = await world.apply([slot('stable', 100, [green])]);
    expect((await world.send()).body).toBe('green');
    await expect(world.client.put(next)).resolves.toMatchObject({ saved: false });
    await rm(file, { recursive: true });
    await expect(world.client.put(next)).resolves.toMatchObject({ saved: true });
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ routes: [next] });
  });

  it('refuses to start beside another one', async () => {
    const { dir, socket } = world;
    await expect(startRouter({ dir, socket, version: '0' })).rejects.toMatchObject({ code: 'SOCKET_IN_USE' });
    await expect(world.client.health()).resolves.toMatchObject({ pid: process.pid });
  });

  it('answers the requests in flight before it leaves', async () => {
    const held: (() => void)[] = [];
    const instance = await world.instance('stable', (_, response) => {
      held.push(() => response.end('done'));
    });
    await world.apply([slot('stable', 100, [instance])]);
    const begun = world.send();
    await until(() => held.length === 1);
    const restarted = world.restart();
    await until(async () => !(await accepts(world.port())));
    held.forEach((finish) => finish());
    expect((await begun).body).toBe('done');
    await restarted;
  });

  it('leaves when its time to drain is over', async () => {
    const instance = await world.instance('stable', (_, response) => response.write('for ever'));
    await world.apply([slot('stable', 100, [instance])]);
    const begun = world.send().catch((error: unknown) => error);
    await until(() => instance.seen() === 1);
    await world.restart();
    expect(await begun).toMatchObject({ code: 'ECONNRESET' });
  });
});
