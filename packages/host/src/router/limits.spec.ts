import { once } from 'node:events';
import { Agent, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { defaultLimits, type RouteLimits } from './limits';
import { inFlightOf, sumsOf } from './testing/sums';
import { open, readAll, responseTo } from './testing/visitor';
import { openWorld, slot, until, type World } from './testing/world';

let world: World;
beforeEach(async () => {
  world = await openWorld({ linger: 100 });
});
afterEach(() => world.close());

/** Serves one instance under these limits. */
async function serve(limits: Partial<RouteLimits>, handler?: RequestListener) {
  const { connect, headers, idle, whole, connections, headerBytes } = { ...defaultLimits, headers: 300, ...limits };
  const instance = await world.instance('stable', handler);
  const changes = { limits: { connect, headers, idle, whole, connections, headerBytes } };
  await world.apply([slot('stable', 100, [instance])], changes);
  return instance;
}

const closing = (socket: Socket | IncomingMessage | ServerResponse) =>
  new Promise((resolve) => socket.once('close', resolve).on('error', () => undefined));
const chunk = Buffer.alloc(64 * 1024, 'x');

/** Calls again and again until told to stop. */
function beat(act: () => void): () => void {
  const timer = setInterval(act, 20);
  return () => clearInterval(timer);
}

describe('the time limits of a route', () => {
  it('answer 504 where an instance that has the whole request is silent for too long', async () => {
    await serve({ headers: 100 }, (request) => void request.resume());
    expect((await world.send({ method: 'POST', body: 'body' })).status).toBe(504);
    await until(async () => (await sumsOf(world)).requests > 0);
    expect(await sumsOf(world)).toMatchObject({ requests: 1, errors: 1 });
  });

  it('break a response that stands still, and count it as an error', async () => {
    await serve({ idle: 100 }, (_, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('half');
    });
    const sent = open(world.port(), {});
    sent.end();
    const response = await responseTo(sent);
    await closing(response.resume());
    expect(response.complete).toBe(false);
    await until(async () => (await sumsOf(world)).errors === 1);
  });

  it('leave a stream with heartbeats alone', async () => {
    const beats: (() => void)[] = [];
    await serve({ idle: 150 }, (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      beats.push(beat(() => response.write(': beat\n\n')));
    });
    const sent = open(world.port(), {});
    sent.end();
    const response = await responseTo(sent);
    let heard = 0;
    response.on('data', () => (heard += 1));
    const began = Date.now();
    await until(() => Date.now() - began > 600);
    expect(heard).toBeGreaterThan(5);
    expect(response.destroyed).toBe(false);
    beats.forEach((stop) => stop());
    await closing(response);
  });

  it('answer 408 to a client that stops to send, which is no fault of the instance', async () => {
    const requests: IncomingMessage[] = [];
    await serve({ idle: 100 }, (request) => void requests.push(request.resume()));
    const sent = open(world.port(), { method: 'POST', headers: { 'content-length': '100' } });
    sent.on('error', () => undefined).write('half');
    const response = await responseTo(sent);
    expect([response.statusCode, response.headers.connection]).toEqual([408, 'close']);
    expect(JSON.parse(await readAll(response))).toMatchObject({ code: 'CLIENT_TIMEOUT' });
    await until(() => requests[0]?.destroyed === true);
    await until(async () => (await inFlightOf(world)) === 0);
    expect(await sumsOf(world)).toMatchObject({ requests: 0, errors: 0 });
  });

  it('leave a slow upload alone', async () => {
    await serve({ idle: 150, headers: 100 }, (request, response) => request.pipe(response));
    const sent = open(world.port(), { method: 'POST' });
    let parts = 0;
    const stop = beat(() => {
      parts += 1;
      sent.write('x');
    });
    const response = await responseTo(sent);
    await until(() => parts > 20);
    stop();
    sent.end();
    expect(await readAll(response)).toHaveLength(parts);
  });

  it('give up a client that does not read, which is no fault of the instance', async () => {
    const sources: ServerResponse[] = [];
    await serve({ idle: 200 }, (_, response) => {
      sources.push(response);
      const fill = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', fill).on('error', () => undefined);
      fill();
    });
    const client = connect(world.port(), '127.0.0.1').on('error', () => undefined);
    client.pause().write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => sources[0]?.destroyed === true);
    await until(async () => (await sumsOf(world)).requests > 0);
    expect(await sumsOf(world)).toMatchObject({ requests: 1, errors: 0 });
    client.destroy();
  });

  it('answer 504 to a request that takes too long as a whole', async () => {
    await serve({ whole: 100, headers: 10_000 }, () => undefined);
    expect((await world.send()).status).toBe(504);
    await until(async () => (await sumsOf(world)).requests > 0);
    expect(await sumsOf(world)).toMatchObject({ requests: 1, errors: 1 });
  });

  it('break a response that takes too long as a whole', async () => {
    const beats: (() => void)[] = [];
    await serve({ whole: 200 }, (_, response) => {
      beats.push(beat(() => response.write('x')));
    });
    const sent = open(world.port(), {});
    sent.end();
    const response = await responseTo(sent);
    await closing(response.resume());
    beats.forEach((stop) => stop());
    expect(response.complete).toBe(false);
  });

  it('answer 408 to a client whose upload takes too long as a whole', async () => {
    await serve({ whole: 200 }, (request) => void request.resume());
    const sent = open(world.port(), { method: 'POST' });
    sent.on('error', () => undefined);
    const stop = beat(() => sent.write('x'));
    expect((await responseTo(sent)).statusCode).toBe(408);
    stop();
    await until(async () => (await inFlightOf(world)) === 0);
    expect((await sumsOf(world)).errors).toBe(0);
  });

  it('cut off a client that takes too long over its header fields', async () => {
    await world.close();
    world = await openWorld({ headers: 100 });
    const instance = await serve({ headers: 100 });
    const client = connect(world.port(), '127.0.0.1').on('error', () => undefined);
    client.write('GET / HTTP/1.1\r\n');
    const stop = beat(() => client.write('X: y\r\n'));
    let text = '';
    client.on('data', (data: Buffer) => (text += data.toString()));
    await closing(client);
    stop();
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(instance.seen()).toBe(0);
  });
});

describe('the other limits of a route', () => {
  it('answer 431 to header fields that are too large, in the words of the router or of the parser', async () => {
    const instance = await serve({ headerBytes: 2_000 });
    const reply = await world.send({ headers: { 'x-large': 'x'.repeat(2_000) } });
    expect(reply.status).toBe(431);
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'HEADERS_TOO_LARGE' });
    expect((await world.send({ path: `/${'x'.repeat(2_000)}` })).status).toBe(431);
    expect((await world.send({ headers: { 'x-large': 'x'.repeat(300_000) } })).status).toBe(431);
    expect((await world.send({ headers: { 'x-small': 'x'.repeat(1_000) } })).status).toBe(200);
    expect(instance.seen()).toBe(1);
  });

  it('pass on every one of many small header fields', async () => {
    let seen = 0;
    const instance = await serve({}, (request, response) => {
      seen = request.rawHeaders.filter((name) => name === 'X').length;
      response.end();
    });
    instance.server.maxHeadersCount = 0;
    const many = Array.from({ length: 2_100 }, () => '1');
    expect((await world.send({ headers: { X: many } })).status).toBe(200);
    expect(seen).toBe(2_100);
  });

  it('close connections beyond their number at once, and count for a route that is in force already', async () => {
    await serve({ connections: 2 });
    const agent = new Agent({ keepAlive: true });
    const clients = [connect(world.port(), '127.0.0.1'), connect(world.port(), '127.0.0.1')];
    await Promise.all(clients.map((client) => once(client, 'connect')));
    await expect(world.send({ agent })).rejects.toMatchObject({ code: 'ECONNRESET' });
    await serve({ connections: 3 });
    expect((await world.send({ agent })).status).toBe(200);
    for (const client of clients) client.destroy();
    agent.destroy();
  });
});
