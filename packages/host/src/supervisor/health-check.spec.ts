import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { checkHealth, fetchText } from './health-check';
import { signal } from './testing';

let server: Server;
let port: number;
beforeEach(async () => {
  server = createServer((request, response) => {
    if (request.url === '/silent') return;
    const [, status = '200'] = (request.url ?? '').split('/');
    response.writeHead(Number(status), { location: '/200' });
    if (request.url === '/200/endless') response.write('x');
    else response.end(`status ${status}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const target = (path: string, timeout = 10_000) => ({ port, path, timeout });

describe('checkHealth', () => {
  it.each([
    ['/200', true, 'HTTP 200'],
    ['/204', true, 'HTTP 204'],
    ['/302', false, 'HTTP 302'],
    ['/404', false, 'HTTP 404'],
    ['/503', false, 'HTTP 503'],
  ])('takes %s for healthy: %s', async (path, ok, answer) => {
    expect(await checkHealth(target(path), signal)).toEqual({ ok, answer });
  });

  it('does not wait for the end of a body', async () => {
    expect(await checkHealth(target('/200/endless'), signal)).toMatchObject({ ok: true });
  });

  it('does not wait for longer than its time', async () => {
    expect(await checkHealth(target('/silent', 50), signal)).toEqual({ ok: false, answer: 'no answer within 50ms' });
  });

  it('says that nobody listens', async () => {
    server.close();
    await once(server, 'close');
    expect(await checkHealth(target('/200'), signal)).toEqual({ ok: false, answer: 'connection refused' });
  });

  it('leaves no connection behind', async () => {
    await checkHealth(target('/200'), signal);
    await checkHealth(target('/200/endless'), signal);
    server.close();
    await once(server, 'close'); // comes when the last connection has ended
  });

  it('rejects with the reason when it is aborted', async () => {
    const controller = new AbortController();
    const check = checkHealth(target('/silent'), controller.signal);
    controller.abort(new Error('enough'));
    await expect(check).rejects.toThrow('enough');
  });
});

describe('fetchText', () => {
  it('gives the body of an answer', async () => {
    expect(await fetchText(target('/200'), signal)).toBe('status 200');
  });

  it('rejects what is no answer', async () => {
    await expect(fetchText(target('/404'), signal)).rejects.toThrow('HTTP 404');
  });

  it('does not wait for the end of a body for longer than its time', async () => {
    await expect(fetchText(target('/200/endless', 50), signal)).rejects.toThrow('no answer within 50ms');
  });
});
