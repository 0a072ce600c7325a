import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { open, readAll, responseTo, type Reply } from './testing/visitor';
import { openWorld, slot, until, type World } from './testing/world';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

/** What the closed buckets say of a slot, once they say of as many requests. */
async function figuresOf(name: string, requests: number) {
  const sum = { requests: 0, errors: 0 };
  await until(async () => {
    const { buckets } = await world.client.figures('app', 'production', { from: 0, to: 9e15 });
    const figures = buckets.flatMap((bucket) => bucket.slots.filter((each) => each.slot === name));
    sum.requests = figures.reduce((total, each) => total + each.requests, 0);
    sum.errors = figures.reduce((total, each) => total + each.errors, 0);
    return sum.requests >= requests;
  });
  return sum;
}

describe('a request that reached no instance', () => {
  it('goes to another instance of the slot when it was refused', async () => {
    const instances = [await world.nobody('gone'), await world.instance('alive')];
    await world.apply([slot('stable', 100, instances)]);
    for (let i = 0; i < 10; i += 1) expect((await world.send()).body).toBe('alive');
    expect(await figuresOf('stable', 10)).toEqual({ requests: 10, errors: 0 });
  });

  it('goes there with its body', async () => {
    const echo = await world.instance('echo', (request, response) => request.pipe(response));
    await world.apply([slot('stable', 100, [await world.nobody('gone'), echo])]);
    const headers = { 'content-length': '4' };
    for (let i = 0; i < 4; i += 1) {
      expect((await world.send({ method: 'POST', headers, body: 'body' })).body).toBe('body');
    }
  });

  it('goes to the other slot when none of its own is left, and counts as an error of its own', async () => {
    const stable = await world.instance('stable');
    await world.apply([slot('stable', 50, [stable]), slot('canary', 50, [await world.nobody('gone')])]);
    for (let i = 0; i < 10; i += 1) expect((await world.send()).body).toBe('stable');
    expect(await figuresOf('canary', 5)).toEqual({ requests: 5, errors: 5 });
    expect(await figuresOf('stable', 10)).toEqual({ requests: 10, errors: 0 });
  });

  it('goes to the other slot when its own has no instance at all, and counts as an error of its own', async () => {
    await world.apply([slot('stable', 50, [await world.instance('stable')]), slot('canary', 50, [])]);
    for (let i = 0; i < 10; i += 1) expect((await world.send()).body).toBe('stable');
    expect(await figuresOf('canary', 5)).toEqual({ requests: 5, errors: 5 });
  });

  it('goes to no slot without a share', async () => {
    const canary = await world.instance('canary');
    await world.apply([slot('stable', 100, [await world.nobody('gone')]), slot('canary', 0, [canary])]);
    expect((await world.send()).status).toBe(503);
    expect(canary.seen()).toBe(0);
    expect(await figuresOf('stable', 1)).toEqual({ requests: 1, errors: 1 });
  });

  it('passes over an instance that refused a moment ago', async () => {
    const back = await world.instance('back');
    const alive = await world.instance('alive');
    await world.apply([slot('stable', 100, [back, alive])]);
    await back.stop();
    while ((await world.send()).body !== 'alive');
    await world.send();
    back.server.listen(back.port, '127.0.0.1');
    await once(back.server, 'listening');
    const bodies = new Set<string>();
    await until(async () => bodies.add((await world.send()).body).has('back'));
    expect(bodies).toContain('alive');
  });
});

describe('a request that may have reached an instance', () => {
  /** Serves the first request of every connection with 200, and does to the second what it is told. */
  async function turncoat(name: string, turn: (socket: Socket) => void) {
    let heads = 0;
    const server = createServer((socket) => {
      let first = true;
      socket.on('error', () => undefined);
      socket.on('data', () => {
        heads += 1;
        if (first) socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`);
        else turn(socket);
        first = false;
      });
    });
    return { ...(await world.tcpInstance(name, server)), heads: () => heads };
  }

  it.each([
    ['ends', (socket: Socket) => socket.end()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
  ])('is repeated once when it is safe and the instance %s an idle connection', async (_, turn) => {
    const instance = await turncoat('instance', turn);
    await world.apply([slot('stable', 100, [instance])]);
    const replies: Reply[] = [];
    for (let i = 0; i < 6; i += 1) replies.push(await world.send());
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(instance.heads()).toBe(11); // the first connection's second request, and every later one's, came twice
  });

  it('is not repeated when it is a POST', async () => {
    const instance = await turncoat('instance', (socket) => socket.end());
    const other = await world.instance('other');
    await world.apply([slot('stable', 100, [instance, other])]);
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await world.send({ method: 'POST' })).status);
    expect(statuses).toEqual([200, 200, 502, 200]);
    expect(other.seen()).toBe(2);
  });

  it('is not repeated when the instance had begun to answer', async () => {
    const instance = await turncoat('instance', (socket) => socket.end('HTTP/1.1 2'));
    await world.apply([slot('stable', 100, [instance, await world.instance('other')])]);
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await world.send()).status);
    expect(statuses).toEqual([200, 200, 502, 200]);
  });

  it('is not repeated when its connection was new', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.once('data', () => socket.end());
    });
    await world.apply([slot('stable', 100, [await world.tcpInstance('stable', server)])]);
    expect((await world.send()).status).toBe(502);
    expect(connections).toBe(1);
  });

  it('is not repeated when it is a POST whose body has begun', async () => {
    const dying = await world.instance('dying', (request) => {
      request.once('data', () => request.destroy());
    });
    const other = await world.instance('other');
    await world.apply([slot('stable', 100, [dying, other])]);
    const sent = open(world.port(), { method: 'POST' });
    sent.on('error', () => undefined);
    sent.write('the first part');
    expect((await responseTo(sent)).statusCode).toBe(502);
    expect([dying.seen(), other.seen()]).toEqual([1, 0]);
    sent.destroy();
  });

  it('stays in its slot when it kills an instance', async () => {
    const die: RequestListener = (request, response) => {
      if (request.url === '/die') request.socket.destroy();
      else response.end('canary');
    };
    const canaries = [await world.instance('a', die), await world.instance('b', die), await world.instance('c', die)];
    const stable = await world.instance('stable');
    await world.apply([slot('canary', 100, canaries)]);
    for (let i = 0; i < 3; i += 1) await world.send();
    await world.apply([slot('stable', 1, [stable]), slot('canary', 99, canaries)]);
    expect((await world.send({ path: '/die' })).status).toBe(502);
    expect(canaries.map(({ seen }) => seen()).sort()).toEqual([1, 2, 2]);
    expect(stable.seen()).toBe(0);
  });

  it('is answered by an instance that answers before the body is complete', async () => {
    const hasty = await world.instance('hasty', (_, response) => {
      response.writeHead(413).end('too large');
    });
    await world.apply([slot('stable', 100, [hasty])]);
    const sent = open(world.port(), { method: 'POST' });
    sent.on('error', () => undefined);
    sent.write('the first part');
    const response = await responseTo(sent);
    expect([response.statusCode, await readAll(response)]).toEqual([413, 'too large']);
    sent.end('the rest');
  });
});
