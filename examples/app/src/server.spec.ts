import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { HttpServer } from './server';
import { latch, startApp, stopApps } from './testing';

afterEach(stopApps);

it('answers 404 where there is nothing', async () => {
  const { get } = await startApp();
  const response = await get('/nowhere?at=all');
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({ error: 'there is nothing at /nowhere' });
});

it('answers 405 to what only a writer would send, and says what it takes', async () => {
  const { get } = await startApp();
  const response = await get('/api/quote', { method: 'POST', body: 'items=3' });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('GET, HEAD');
});

it('answers HEAD with the headers alone', async () => {
  const { get } = await startApp();
  const response = await get('/', { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
  expect(await response.text()).toBe('');
});

it('answers 400 to a target that is no URL', async () => {
  const { port } = await startApp();
  const socket = connect(port, 'localhost');
  socket.end('GET // HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  expect(await readText(socket)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
});

it('answers several requests on one connection', async () => {
  const { port } = await startApp();
  const socket = connect(port, 'localhost');
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  socket.end('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  expect((await readText(socket)).match(/^HTTP\/1\.1 200 OK/gm)).toHaveLength(2);
});

it('answers the request in flight when it stops, closes its connection and takes no other', async () => {
  const arrived = latch();
  const gate = latch();
  const delay = () => {
    arrived.open();
    return gate.opened;
  };
  const app = await startApp({ fault: 'latency', delay });

  const answer = app.get('/');
  await arrived.opened;
  const stopped = app.stop();
  await expect(app.get('/')).rejects.toThrow('fetch failed');

  gate.open();
  const response = await answer;
  expect(response.status).toBe(200);
  expect(response.headers.get('connection')).toBe('close');
  await stopped;
});

it('answers what a proxy sends on an idle connection just as it stops, and closes that', async () => {
  const { port, stop } = await startApp();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = async () => {
    const [response] = (await once(request({ port, agent }).end(), 'response')) as [IncomingMessage];
    await readText(response);
    return { status: response.statusCode, connection: response.headers.connection };
  };

  expect(await send()).toEqual({ status: 200, connection: 'keep-alive' });
  const stopped = stop({ idle: 60_000, patience: 60_000 });
  expect(await send()).toEqual({ status: 200, connection: 'close' });
  await stopped;
});

it('waits for a request that never ends no longer than its patience', async () => {
  const { port, stop } = await startApp();
  const socket = connect(port, 'localhost');
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\n');
  await once(socket, 'data'); // the first request is answered, the second half sent
  const closed = once(socket, 'close');
  await stop({ idle: 60_000, patience: 0 });
  await closed;
});

it('says when the port is taken', async () => {
  const settings = { routes: new Map(), headers: {}, observe: () => {}, log: () => {} };
  const first = new HttpServer(settings);
  const port = await first.listen(0);
  await expect(new HttpServer(settings).listen(port)).rejects.toThrow('address already in use');
  await first.stop();
});
