import { once } from 'node:events';
import type { Socket } from 'node:net';
import { inFlightOf, sumsOf } from './testing/sums';
import { closing, switching, textFrom, upgraded } from './testing/switching';
import { openWorld, slot, until, type World } from './testing/world';

let world: World;
beforeEach(async () => {
  world = await openWorld({ headers: 500, drain: 200, linger: 100 });
});
afterEach(() => world.close());

describe('a connection with another protocol', () => {
  async function joined() {
    const { instance, next } = await switching(world);
    await world.apply([slot('stable', 100, [instance])]);
    const { socket: client } = await upgraded(world);
    return { client, instance: (await next()).socket, address: instance };
  }

  it('lets either side end what it sends and go on reading', async () => {
    const { client, instance } = await joined();
    instance.resume();
    client.end('last words');
    await once(instance, 'end');
    instance.write('and mine');
    expect(await textFrom(client)).toBe('and mine');
    instance.end();
    await closing(client);
    await until(async () => (await inFlightOf(world)) === 0);
  });

  it('lets the instance end first', async () => {
    const { client, instance } = await joined();
    client.allowHalfOpen = true;
    instance.end('bye');
    expect(await textFrom(client)).toBe('bye');
    await once(client.resume(), 'end');
    client.end('bye, too');
    expect(await textFrom(instance)).toBe('bye, too');
  });

  it.each([
    ['is reset', (socket: Socket) => socket.resetAndDestroy()],
    ['ends', (socket: Socket) => socket.destroy()],
  ])("ends on the client's side when the instance's %s", async (_, end) => {
    const { client, instance } = await joined();
    end(instance);
    await closing(client);
    await until(async () => (await inFlightOf(world)) === 0);
    await until(async () => (await sumsOf(world)).requests > 0);
    expect((await sumsOf(world)).errors).toBe(0);
  });

  it.each([
    ['is reset', (socket: Socket) => socket.resetAndDestroy()],
    ['ends', (socket: Socket) => socket.destroy()],
  ])("ends on the instance's side when the client's %s", async (_, end) => {
    const { client, instance } = await joined();
    end(client);
    await closing(instance);
    await until(async () => (await inFlightOf(world)) === 0);
  });

  it.each(['client', 'instance'] as const)('holds the %s back when the other side reads slowly', async (name) => {
    const sides = await joined();
    const sender = sides[name];
    const plenty = 100_000_000;
    const chunk = Buffer.alloc(64 * 1024);
    let written = 0;
    let idleTurns = 0;
    await until(() => {
      idleTurns += 1;
      while (written < plenty && !sender.writableNeedDrain) {
        sender.write(chunk);
        written += chunk.length;
        idleTurns = 0;
      }
      return written >= plenty || idleTurns > 40;
    });
    expect(written).toBeLessThan(plenty);
    sides.client.destroy();
    await closing(sides.instance);
  });

  it('carries every byte in its order', async () => {
    const { client, instance } = await joined();
    const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251));
    instance.pipe(instance);
    const parts: Buffer[] = [];
    client.on('data', (part: Buffer) => parts.push(part));
    client.end(sent);
    await once(client, 'end');
    expect(Buffer.concat(parts).equals(sent)).toBe(true);
  });

  it('outlasts its instance in the route for the time to drain, no longer', async () => {
    const { client, instance } = await joined();
    const other = await world.instance('other');
    await world.apply([slot('stable', 100, [other], 'next')]);
    client.write('still here');
    expect(await textFrom(instance)).toBe('still here');
    await closing(client);
    await until(async () => (await world.client.routes()).routes[0]?.inFlight.length === 1);
  });

  it('outlasts every change of the split that keeps its instance', async () => {
    const { client, instance, address } = await joined();
    const canary = await world.instance('canary');
    await world.apply([slot('stable', 95, [address]), slot('canary', 5, [canary])]);
    await world.apply([slot('stable', 0, [address]), slot('canary', 100, [canary])]);
    client.write('still here');
    expect(await textFrom(instance)).toBe('still here');
    client.destroy();
  });

  it('is ended with its route, when the time to drain is over', async () => {
    const { client, instance } = await joined();
    const removed = world.client.remove('app', 'production');
    client.write('still here');
    expect(await textFrom(instance)).toBe('still here');
    await Promise.all([closing(client), closing(instance), removed]);
  });

  it('is ended with the router, when the time to drain is over', async () => {
    const { client, instance } = await joined();
    await Promise.all([closing(client), closing(instance), world.restart()]);
  });
});
