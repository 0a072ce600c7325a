import { once } from 'node:events';
import { Agent } from 'node:http';
import { createServer } from 'node:net';
import { freePort, openWorld, slot, type World } from './testing/world';
import { open, responseTo, send } from './testing/visitor';

let world: World;
beforeEach(async () => {
  world = await openWorld({ headers: 200 });
});
afterEach(() => world.close());

const tally = (bodies: string[]) => {
  const counts: Record<string, number> = {};
  for (const body of bodies) counts[body] = (counts[body] ?? 0) + 1;
  return counts;
};

describe('the router', () => {
  it('sends 5 of every 100 requests to the canary', async () => {
    const stable = await world.instance('stable');
    const canary = await world.instance('canary');
    await world.apply([slot('stable', 95, [stable]), slot('canary', 5, [canary])]);
    for (let hundred = 0; hundred < 3; hundred += 1) {
      const bodies: string[] = [];
      for (let i = 0; i < 100; i += 1) bodies.push((await world.send()).body);
      expect(tally(bodies)).toEqual({ stable: 95, canary: 5 });
    }
  });

  it('takes turns among the instances of a slot', async () => {
    const instances = [await world.instance('a'), await world.instance('b'), await world.instance('c')];
    await world.apply([slot('stable', 100, instances)]);
    const bodies: string[] = [];
    for (let i = 0; i < 9; i += 1) bodies.push((await world.send()).body);
    expect(tally(bodies)).toEqual({ a: 3, b: 3, c: 3 });
  });

  it('passes headers on as they are, duplicates and bytes included, without those of the connection', async () => {
    let seen: string[] = [];
    const instance = await world.instance('stable', (request, response) => {
      seen = request.rawHeaders;
      response.writeHead(201, 'Made', [
        ...['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'X-Bytes', '\u00e9\u00ff'],
        ...['Connection', 'close, X-Private', 'X-Private', 'no', 'Content-Length', '0'],
      ]);
      response.end();
    });
    await world.apply([slot('stable', 100, [instance])]);
    const reply = await world.send({
      headers: {
        ...{ Host: 'shop.example', 'X-Twice': ['1', '2'], 'X-Forwarded-For': '10.0.0.1', TE: 'trailers' },
        ...{ Connection: 'keep-alive, X-Secret', 'X-Secret': 'no' },
      },
    });

    expect(reply.status).toBe(201);
    expect(reply.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(reply.rawHeaders).toContain('\u00e9\u00ff');
    expect(reply.rawHeaders).not.toContain('X-Private');
    expect(seen.map((text) => text.toLowerCase())).not.toContain('x-secret');
    expect(seen.map((text) => text.toLowerCase())).not.toContain('te');
    expect(seen).toEqual(expect.arrayContaining(['host', 'shop.example', 'X-Twice', '1', 'X-Twice', '2']));
    expect(seen).toEqual(expect.arrayContaining(['x-forwarded-for', '10.0.0.1, 127.0.0.1']));
    expect(seen).toEqual(expect.arrayContaining(['x-forwarded-proto', 'http', 'x-forwarded-host', 'shop.example']));
    expect(seen.map((text) => text.toLowerCase())).not.toContain('via');
  });

  it.each([
    ['HEAD', undefined],
    ['GET', 'a body'],
    ['DELETE', 'a body'],
    ['POST', ''],
    ['PUT', 'a body'],
    ['OPTIONS', undefined],
    ['PROPFIND', 'a body'],
  ])('passes on %s with %p', async (method, body) => {
    const instance = await world.instance('stable', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = `${request.method ?? ''} ${request.url ?? ''} ${Buffer.concat(chunks).toString()}`;
        response.setHeader('x-saw', text);
        response.end(text);
      });
    });
    await world.apply([slot('stable', 100, [instance])]);
    const headers = body === undefined ? {} : { 'content-length': String(body.length) };
    const reply = await world.send({ method, path: '/a%20b?c=%C3%A4', headers, ...(body && { body }) });
    expect(reply.status).toBe(200);
    expect(reply.headers['x-saw']).toBe(`${method} /a%20b?c=%C3%A4 ${body ?? ''}`.trimEnd());
    expect(reply.body).toBe(method === 'HEAD' ? '' : `${method} /a%20b?c=%C3%A4 ${body ?? ''}`);
  });

  it('serves a target in absolute form by its host', async () => {
    const instance = await world.instance('stable', (request, response) => {
      response.end(`${request.headers.host ?? ''} ${request.url ?? ''}`);
    });
    await world.apply([slot('stable', 100, [instance])]);
    expect((await world.send({ path: 'http://shop.example/basket?a=1' })).body).toBe('shop.example /basket?a=1');
  });

  it('answers 400 to a target that names no resource', async () => {
    await world.apply([slot('stable', 100, [await world.instance('stable')])]);
    expect((await world.send({ method: 'OPTIONS', path: '*' })).status).toBe(400);
  });

  it('keeps the connection of a client', async () => {
    await world.apply([slot('stable', 100, [await world.instance('stable')])]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = open(world.port(), { agent });
    first.end();
    (await responseTo(first)).resume();
    await once(agent, 'free');
    const second = open(world.port(), { agent });
    second.end();
    (await responseTo(second)).resume();
    expect(second.reusedSocket).toBe(true);
    agent.destroy();
  });

  it('keeps its connections to an instance', async () => {
    const ports = new Set<number>();
    const instance = await world.instance('stable', (request, response) => {
      ports.add(request.socket.remotePort ?? 0);
      response.end();
    });
    await world.apply([slot('stable', 100, [instance])]);
    for (let i = 0; i < 20; i += 1) await world.send();
    expect(ports.size).toBe(1);
  });

  it('answers 503 with Retry-After while nothing is served', async () => {
    await world.apply([slot('stable', 0, [])]);
    const reply = await world.send();
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, '1']);
  });

  it('answers 503 when the last instance is gone', async () => {
    const instance = await world.instance('stable');
    await world.apply([slot('stable', 100, [instance])]);
    expect((await world.send()).status).toBe(200);
    await instance.stop();
    const reply = await world.send();
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, '1']);
  });

  it.each([
    ['dies in mid-response headers', 'HTTP/1.1 200 OK\r\nContent-'],
    ['dies without a word', ''],
    ['answers rubbish', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['switches protocols unasked', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'],
  ])('answers 502 when the instance %s', async (_, words) => {
    const server = createServer((socket) => socket.once('data', () => socket.end(words)));
    await world.apply([slot('stable', 100, [await world.tcpInstance('stable', server)])]);
    expect((await world.send()).status).toBe(502);
  });

  it('answers 504 when the instance gives no response in time', async () => {
    const instance = await world.instance('stable', () => undefined);
    await world.apply([slot('stable', 100, [instance])]);
    expect((await world.send()).status).toBe(504);
  });

  it('breaks off its response when the instance does', async () => {
    const instance = await world.instance('stable', (_, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('half', () => response.destroy());
    });
    await world.apply([slot('stable', 100, [instance])]);
    const sent = open(world.port(), {});
    sent.end();
    const response = await responseTo(sent);
    response.resume();
    await expect(once(response, 'end')).rejects.toThrow('aborted');
  });

  it('passes on an interim answer to a client that waits for it, and the body that follows', async () => {
    const instance = await world.instance('stable', (request, response) => {
      request.pipe(response);
    });
    await world.apply([slot('stable', 100, [instance])]);
    const headers = { expect: '100-continue', 'content-length': '4' };
    const sent = open(world.port(), { method: 'POST', headers });
    sent.flushHeaders();
    await once(sent, 'continue');
    sent.end('body');
    const response = await responseTo(sent);
    expect(response.statusCode).toBe(200);
    response.resume();
  });

  it('serves several routes, each on its port', async () => {
    await world.apply([slot('stable', 100, [await world.instance('app')])]);
    const port = await freePort();
    const other = [slot('stable', 100, [await world.instance('other')])];
    await world.apply(other, { project: '@scope/other', port });
    expect([(await world.send()).body, (await send(port, {})).body]).toEqual(['app', 'other']);
  });
});
