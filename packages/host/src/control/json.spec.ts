import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sluiceError, z } from '@sluice/core';
import { eventually } from '@sluice/core/testing';
import { createJsonClient } from './json-client';
import { createJsonServer, endServer, type Endpoint } from './json-server';
import { listenPrivately } from './private-socket';
import { Refusal } from './refusal';

let dir: string;
let socket: string;
let server: Server;
let reports: unknown[];
const any = z.unknown();
const never = new AbortController().signal;
const anyText: unknown = expect.any(String);

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-json-'));
  socket = join(dir, 'a.sock');
  reports = [];
});
afterEach(async () => {
  await endServer(server, 0);
  await rm(dir, { recursive: true, force: true });
});

async function serve(endpoints: Record<string, Endpoint>) {
  server = createJsonServer(endpoints, (thrown) => reports.push(thrown));
  await listenPrivately(server, socket);
  return createJsonClient(socket);
}

/** Speaks to the socket without the client, which would not let bad input through. */
async function raw(method: string, path: string, body?: string | Buffer): Promise<{ status: number; answer: unknown }> {
  const sent = request({ socketPath: socket, method, path, agent: false });
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    sent.once('response', resolve).once('error', reject),
  );
  sent.end(body);
  const response = await answered;
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, answer: JSON.parse(text) };
}

describe('a control socket', () => {
  it('hands over the names of the path, the query and the body, and answers JSON', async () => {
    const client = await serve({
      'POST things': async ({ names, query, body }) => ({ names, at: query.get('at'), body: await body(any) }),
      'GET nothing': async () => null,
    });
    const path = `/things/${encodeURIComponent('@acme/web')}/production?at=${encodeURIComponent('a?b&c')}`;
    expect(await client.call(any, 'POST', path, { body: { a: 1 } })).toEqual({
      names: ['@acme/web', 'production'],
      at: 'a?b&c',
      body: { a: 1 },
    });
    expect(await client.call(any, 'GET', '/nothing')).toBeNull();
  });

  it('answers an error of the catalogue as the problem that it is', async () => {
    const client = await serve({
      'GET things': () => Promise.reject(sluiceError('NO_WAY_BACK', { environment: 'production' })),
    });
    expect(await raw('GET', '/things')).toMatchObject({
      status: 409,
      answer: { code: 'NO_WAY_BACK', remedy: anyText },
    });
    await expect(client.call(any, 'GET', '/things')).rejects.toEqual(
      sluiceError('NO_WAY_BACK', { environment: 'production' }),
    );
    expect(reports).toEqual([]);
  });

  it('answers and reports what should not happen', async () => {
    const client = await serve({ 'GET things': () => Promise.reject(new TypeError('x is not a function')) });
    await expect(client.call(any, 'GET', '/things')).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('x is not a function') as unknown,
    });
    expect(reports).toEqual([new TypeError('x is not a function')]);
  });

  it.each([
    ['an unknown path', 'GET', '/others', undefined, 404],
    ['an unknown method', 'DELETE', '/things', undefined, 404],
    ['a path that names a host', 'GET', '//things/app', undefined, 404],
    ['a path that is no URL', 'GET', '/[', undefined, 404],
    ['a broken escape', 'GET', '/things/%E0%A4', undefined, 400],
    ['a body that is no JSON', 'POST', '/things', '{"name":', 400],
    ['no body', 'POST', '/things', undefined, 400],
    ['a body of another shape', 'POST', '/things', '{"nam":1}', 400],
  ])('refuses %s', async (_, method, path, body, status) => {
    await serve({
      'POST things': async (call) => ({ name: await call.body(z.strictObject({ name: z.string() })) }),
    });
    expect(await raw(method, path, body)).toEqual({
      status,
      answer: { code: 'HOST_REFUSED', message: anyText, remedy: anyText },
    });
    expect(reports).toEqual([]);
  });

  it('names every part of a body that is wrong', async () => {
    const schema = z.strictObject({ name: z.string(), port: z.int() });
    await serve({ 'POST things': async ({ body }) => body(schema) });
    const { answer } = await raw('POST', '/things', '{"port":"x"}');
    expect(answer).toMatchObject({ message: expect.stringMatching(/name: .*; port: /) as unknown });
  });

  it('refuses a body that is too long, and says so', async () => {
    await serve({ 'POST things': async ({ body }) => ({ size: String(await body(any)).length }) });
    expect(await raw('POST', '/things', Buffer.alloc(5 * 1024 * 1024, 0x20))).toMatchObject({
      status: 413,
      answer: { code: 'HOST_REFUSED', message: expect.stringContaining('4194304') as unknown },
    });
    expect(await raw('POST', '/things', '"ok"')).toEqual({ status: 200, answer: { size: 2 } });
  });

  it('takes it calmly when what comes is no HTTP, or when the caller leaves in the middle', async () => {
    const client = await serve({ 'POST things': async ({ body }) => ({ body: await body(any) }) });
    for (const text of ['rubbish\r\n\r\n', 'POST /things HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{']) {
      const visitor = connect(socket);
      await once(visitor, 'connect');
      visitor.end(text);
      visitor.resume();
      await once(visitor, 'close');
    }
    expect(await client.call(any, 'POST', '/things', { body: { still: 'here' } })).toEqual({ body: { still: 'here' } });
    expect(reports).toEqual([]);
  });

  it('answers a refusal with its own status', async () => {
    await serve({ 'GET things': () => Promise.reject(new Refusal(503, sluiceError('ROUTER_STOPPING', {}))) });
    expect((await raw('GET', '/things')).status).toBe(503);
  });
});

describe('a stream of a control socket', () => {
  it('gives lines as they come, and ends with the server', async () => {
    let next: () => void = () => undefined;
    const client = await serve({
      'GET lines': async () =>
        (async function* () {
          yield { line: 'één\n"zwei"' };
          await new Promise<void>((resolve) => (next = resolve));
          yield { line: 2 };
        })(),
    });
    const lines = client.stream(any, '/lines', never);
    expect((await lines.next()).value).toEqual({ line: 'één\n"zwei"' });
    next();
    expect((await lines.next()).value).toEqual({ line: 2 });
    expect((await lines.next()).done).toBe(true);
  });

  it('is a problem before it begins, and a broken connection after', async () => {
    let fail: () => void = () => undefined;
    const client = await serve({
      'GET none': () => Promise.reject(sluiceError('NO_WAY_BACK', { environment: 'production' })),
      'GET broken': async () =>
        (async function* () {
          yield { line: 1 };
          await new Promise<void>((resolve) => (fail = resolve));
          throw new Error('broke');
        })(),
    });
    await expect(client.stream(any, '/none', never).next()).rejects.toMatchObject({ code: 'NO_WAY_BACK' });
    const lines = client.stream(any, '/broken', never);
    expect((await lines.next()).value).toEqual({ line: 1 });
    fail();
    await expect(lines.next()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(reports).toEqual([new Error('broke')]);
  });

  it('is ended at the source when the caller leaves, by a signal or by taking no more', async () => {
    let open = 0;
    const client = await serve({
      'GET lines': async ({ signal }) =>
        (async function* () {
          open += 1;
          try {
            yield { line: 1 };
            await new Promise((resolve) => signal.addEventListener('abort', resolve));
          } finally {
            open -= 1;
          }
        })(),
    });
    const stop = new AbortController();
    const aborted = client.stream(any, '/lines', stop.signal);
    await aborted.next();
    const left = client.stream(any, '/lines', never);
    await left.next();
    expect(open).toBe(2);
    stop.abort(new Error('enough'));
    await expect(aborted.next()).rejects.toThrow('enough');
    await left.return(undefined);
    await eventually('both sources are closed', () => open === 0);
  });

  it('does not run ahead of someone who reads slowly', async () => {
    let made = 0;
    await serve({
      'GET lines': async ({ signal }) =>
        (async function* () {
          for (; !signal.aborted; made++) yield { filler: 'x'.repeat(100_000), made };
        })(),
    });
    const sent = request({ socketPath: socket, path: '/lines', agent: false }).end();
    const answered = new Promise<IncomingMessage>((resolve) => sent.once('response', resolve));
    const response = await answered;
    response.pause();
    let before = -1;
    await eventually('it waits for the reader', async () => {
      const isAtRest = made === before && made > 0;
      before = made;
      await new Promise((resolve) => setImmediate(resolve));
      return isAtRest;
    });
    expect(made).toBeLessThan(200);
    sent.destroy();
  });

  it('does not keep a server from ending', async () => {
    const client = await serve({
      'GET lines': async () =>
        (async function* () {
          yield { line: 1 };
          await new Promise(() => undefined);
        })(),
    });
    const lines = client.stream(any, '/lines', never);
    await lines.next();
    await endServer(server, 20);
    await expect(lines.next()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('a client of a control socket', () => {
  it('says that an answer is not what it expected', async () => {
    const client = await serve({ 'GET things': async () => ({ name: 1 }) });
    const schema = z.object({ name: z.string() });
    await expect(client.call(schema, 'GET', '/things')).rejects.toMatchObject({
      code: 'HOST_REFUSED',
      message: expect.stringContaining('/things') as unknown,
    });
  });

  it('rejects with the error of the connection where nobody listens, and with the reason of its signal', async () => {
    const client = await serve({ 'GET things': () => new Promise(() => undefined) });
    await expect(createJsonClient(join(dir, 'b.sock')).call(any, 'GET', '/')).rejects.toMatchObject({ code: 'ENOENT' });
    const stop = new AbortController();
    const call = client.call(any, 'GET', '/things', { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    await expect(client.call(any, 'GET', '/things', { signal: stop.signal })).rejects.toThrow('enough');
  });
});
