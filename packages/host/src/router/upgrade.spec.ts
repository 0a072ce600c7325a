import { Agent, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { inFlightOf, sumsOf } from './testing/sums';
import { closing, offer, switching, textFrom, upgraded } from './testing/switching';
import { open, readAll, responseTo } from './testing/visitor';
import { openWorld, slot, until, type World } from './testing/world';

let world: World;
beforeEach(async () => {
  world = await openWorld({ headers: 500, drain: 200, linger: 100 });
});
afterEach(() => world.close());

describe('a request to change the protocol', () => {
  it('reaches the instance as it is, and its answer the client', async () => {
    const { instance, next } = await switching(world);
    await world.apply([slot('stable', 100, [instance])]);
    const client = await upgraded(world, { ...offer, 'X-Private': 'no', Host: 'shop.example' });
    const { request, socket } = await next();
    expect(request.headers).toMatchObject({
      ...{ connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-key': 'abc', host: 'shop.example' },
      ...{ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' },
    });
    expect(request.headers).not.toHaveProperty('x-private');
    const { statusCode, headers } = client.response;
    expect([statusCode, headers.connection, headers.upgrade]).toEqual([101, 'Upgrade', 'websocket']);
    expect(headers['sec-websocket-accept']).toBe('def');
    expect(headers).not.toHaveProperty('content-length');
    expect(headers).not.toHaveProperty('transfer-encoding');
    client.socket.write('ping');
    expect(await textFrom(socket)).toBe('ping');
    socket.write('pong');
    expect(await textFrom(client.socket)).toBe('pong');
    client.socket.destroy();
  });

  it('may be followed by bytes at once', async () => {
    const { instance, next } = await switching(world);
    await world.apply([slot('stable', 100, [instance])]);
    const client = connect(world.port(), '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly');
    const { socket } = await next();
    expect(await textFrom(socket)).toBe('early');
    client.destroy();
  });

  it('counts as one request, with its latency, and is in flight until the connection ends', async () => {
    const { instance, next } = await switching(world);
    await world.apply([slot('stable', 100, [instance])]);
    const client = await upgraded(world);
    const { socket } = await next();
    expect(await inFlightOf(world)).toBe(1);
    client.socket.end();
    await Promise.all([closing(socket), closing(client.socket)]);
    await until(async () => (await inFlightOf(world)) === 0);
    await until(async () => (await sumsOf(world)).requests > 0);
    expect(await sumsOf(world)).toEqual({ requests: 1, errors: 0, latencies: 1 });
  });

  it('that is refused is answered as the instance answers, and the connection ends', async () => {
    const instance = await world.instance('stable', (_, response) => {
      response.writeHead(403, { 'x-reason': 'no' }).end('not you');
    });
    await world.apply([slot('stable', 100, [instance])]);
    const sent = open(world.port(), { headers: offer });
    sent.end();
    const response = await responseTo(sent);
    expect([response.statusCode, response.headers['x-reason'], response.headers.connection]).toEqual([
      403,
      'no',
      'close',
    ]);
    expect(await readAll(response)).toBe('not you');
    await until(async () => (await inFlightOf(world)) === 0);
  });

  it('is answered 503 where nothing is served, and 502 where the instance breaks the connection', async () => {
    await world.apply([slot('stable', 0, [])]);
    expect((await world.send({ headers: offer })).status).toBe(503);
    const rude = await world.instance('rude', (request) => request.socket.destroy());
    await world.apply([slot('stable', 100, [rude])]);
    expect((await world.send({ headers: offer })).status).toBe(502);
    expect(await inFlightOf(world)).toBe(0);
  });

  it('is answered 504 where the instance says nothing', async () => {
    const mute = await world.instance('mute', () => undefined);
    await world.apply([slot('stable', 100, [mute])]);
    expect((await world.send({ headers: offer })).status).toBe(504);
  });

  it('goes to another instance where one refuses the connection', async () => {
    const { instance } = await switching(world);
    await world.apply([slot('stable', 100, [await world.nobody('gone'), instance])]);
    for (let i = 0; i < 3; i += 1) (await upgraded(world)).socket.destroy();
  });

  it('is ignored where it offers h2c or comes with a body', async () => {
    const { instance } = await switching(world, 'stable', (request, response) => request.pipe(response));
    await world.apply([slot('stable', 100, [instance])]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const connection = 'Upgrade, HTTP2-Settings';
    const h2c = { connection, upgrade: 'h2c', 'http2-settings': 'AAMAAABk', 'content-length': '4' };
    expect((await world.send({ agent, method: 'POST', headers: h2c, body: 'body' })).body).toBe('body');
    const { 'content-length': _, ...bare } = h2c;
    expect((await world.send({ agent, headers: bare })).status).toBe(200);
    const chunked = { ...offer, 'transfer-encoding': 'chunked' };
    expect((await world.send({ agent, method: 'POST', headers: chunked, body: 'body' })).body).toBe('body');
    agent.destroy();
  });
});

describe('a client that offers another protocol', () => {
  it('is noticed when it leaves before the answer', async () => {
    const instance = await world.instance('stable');
    const heard = new Promise<Socket>((resolve) => {
      instance.server.on('upgrade', (_: IncomingMessage, socket: Socket) => resolve(socket));
    });
    await world.apply([slot('stable', 100, [instance])]);
    const sent = open(world.port(), { headers: offer });
    sent.on('error', () => undefined).end();
    const socket = await heard;
    sent.destroy();
    await closing(socket);
    await until(async () => (await inFlightOf(world)) === 0);
  });
});
