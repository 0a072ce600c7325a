import { once } from 'node:events';
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { open, readAll, responseTo } from './testing/visitor';
import { openWorld, slot, until, type World } from './testing/world';

let world: World;
beforeEach(async () => {
  world = await openWorld({ linger: 200 });
});
afterEach(() => world.close());

/** An instance that hands out its requests. */
async function held() {
  const exchanges: { request: IncomingMessage; response: ServerResponse }[] = [];
  const instance = await world.instance('held', (request, response) => {
    exchanges.push({ request, response });
  });
  const next = async () => {
    await until(() => exchanges.length > 0);
    const [exchange] = exchanges.splice(0, 1);
    if (exchange === undefined) throw new Error('no request');
    return exchange;
  };
  await world.apply([slot('stable', 100, [instance])]);
  return next;
}

/** Unlike `once`, does not reject when the stream ends in an error. */
const closing = (stream: Readable) => new Promise((resolve) => stream.once('close', resolve));

const chunk = Buffer.alloc(64 * 1024, 'x');

/** Far more than what kernel and processes buffer between the two ends. */
const plenty = 100_000_000;

/** Writes until nothing drains any more; answers how many bytes that took. */
async function floodUntilHeldBack(stream: Writable): Promise<number> {
  let written = 0;
  let idleTurns = 0;
  await until(() => {
    idleTurns += 1;
    while (written < plenty && !stream.writableNeedDrain) {
      stream.write(chunk);
      written += chunk.length;
      idleTurns = 0;
    }
    return written >= plenty || idleTurns > 40;
  });
  return written;
}

describe('the router', () => {
  it('streams a request body before it is complete', async () => {
    const next = await held();
    const sent = open(world.port(), { method: 'POST' });
    sent.write('first');
    const { request, response } = await next();
    expect(String((await once(request, 'data'))[0])).toBe('first');
    sent.end('second');
    expect(String((await once(request, 'data'))[0])).toBe('second');
    response.end();
    expect(await readAll(await responseTo(sent))).toBe('');
  });

  it('streams a response before it is complete, headers first', async () => {
    const next = await held();
    const sent = open(world.port(), {});
    sent.end();
    const { response: source } = await next();
    source.writeHead(200, { 'content-type': 'text/event-stream' });
    source.flushHeaders();
    const response = await responseTo(sent);
    expect(response.headers['content-type']).toBe('text/event-stream');
    source.write('data: 1\n\n');
    expect(String((await once(response, 'data'))[0])).toBe('data: 1\n\n');
    source.end('data: 2\n\n');
    expect(await readAll(response)).toBe('data: 2\n\n');
  });

  it('passes on trailers of a response', async () => {
    const next = await held();
    const sent = open(world.port(), {});
    sent.end();
    const { response: source } = await next();
    source.writeHead(200, { trailer: 'x-sum' });
    source.write('body');
    source.addTrailers({ 'x-sum': '4' });
    source.end();
    const response = await responseTo(sent);
    await readAll(response);
    expect(response.trailers).toEqual({ 'x-sum': '4' });
  });

  it('holds an instance back for a slow reader', async () => {
    const next = await held();
    const sent = open(world.port(), {});
    sent.end();
    const arrival = responseTo(sent);
    const { response: source } = await next();
    expect(await floodUntilHeldBack(source)).toBeLessThan(plenty);
    (await arrival).destroy();
    await once(source, 'close');
  });

  it('holds a client back for an instance that reads slowly', async () => {
    const next = await held();
    const sent = open(world.port(), { method: 'POST' });
    sent.on('error', () => undefined);
    expect(await floodUntilHeldBack(sent)).toBeLessThan(plenty);
    const { request } = await next();
    sent.destroy();
    await closing(request.resume());
  });

  it("aborts the instance's request when the client leaves before the response", async () => {
    const next = await held();
    const sent = open(world.port(), {});
    sent.on('error', () => undefined).end();
    const { response } = await next();
    sent.destroy();
    await once(response, 'close');
    expect(response.writableFinished).toBe(false);
    await until(async () => (await world.client.routes()).routes[0]?.inFlight[0]?.requests === 0);
    await until(async () => {
      const { buckets } = await world.client.figures('app', 'production', { from: 0, to: 9e15 });
      const figures = buckets.flatMap(({ slots }) => slots).find(({ requests }) => requests > 0);
      expect(figures?.errors ?? 0).toBe(0);
      return figures !== undefined;
    });
  });

  it("aborts the instance's request when the client leaves in mid-response", async () => {
    const next = await held();
    const sent = open(world.port(), {});
    sent.end();
    const { response: source } = await next();
    source.write('half');
    (await responseTo(sent)).destroy();
    await once(source, 'close');
    expect(source.writableFinished).toBe(false);
  });

  it("aborts the instance's request when the client leaves in mid-request", async () => {
    const next = await held();
    const sent = open(world.port(), { method: 'POST', headers: { 'content-length': '100' } });
    sent.on('error', () => undefined).write('half');
    const { request } = await next();
    sent.destroy();
    await closing(request);
    expect(request.complete).toBe(false);
  });

  it('lets a client that was answered early go on with its next request', async () => {
    const next = await held();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sent = open(world.port(), { method: 'POST', agent });
    sent.write('first');
    const { response } = await next();
    response.writeHead(403).end('no');
    expect(await readAll(await responseTo(sent))).toBe('no');
    sent.end('the rest');
    await once(agent, 'free');
    const second = open(world.port(), { agent });
    second.end();
    (await next()).response.end('yes');
    expect(await readAll(await responseTo(second))).toBe('yes');
    expect(second.reusedSocket).toBe(true);
    agent.destroy();
  });

  it('does not wait for ever for the rest of a body that is not wanted', async () => {
    const next = await held();
    const agent = new Agent({ keepAlive: true });
    const sent = open(world.port(), { method: 'POST', agent });
    sent.on('error', () => undefined).write('first');
    (await next()).response.writeHead(403).end('no');
    const response = (await responseTo(sent)).resume();
    expect(response.headers.connection).toBe('keep-alive');
    await closing(response.socket);
    agent.destroy();
  });

  it('serves requests that a client sends without waiting, in their order', async () => {
    const next = await held();
    const socket = connect(world.port(), '127.0.0.1');
    socket.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const [first, second] = [await next(), await next()];
    second.response.end('second');
    first.response.end('first');
    let text = '';
    socket.on('data', (data: Buffer) => (text += data.toString()));
    await once(socket, 'end');
    expect(text.match(/first|second/g)).toEqual(['first', 'second']);
  });
});
