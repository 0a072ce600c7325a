import { configSchema, type Config } from '@sluice/core';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadCheck } from './load';

let server: Server;
const requests: string[] = [];

async function serve(handler: RequestListener): Promise<string> {
  requests.length = 0;
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const good: RequestListener = (_, response) => response.end('fine');
const slow: RequestListener = (_, response) => void setTimeout(() => response.end('at last'), 40);

/** Half a second at 200 requests a second, and what a test asks for. */
function settingsOf(load: Record<string, unknown>): Config['load'] {
  const short = { warmup: '0s', duration: '500ms', connections: 4, rate: 200, ...load };
  const environments = { staging: { port: 4001 }, production: { port: 4002 } };
  return configSchema.parse({ runtime: { command: ['node'] }, environments, load: short }).load;
}
const judge = (baseUrl: string, load: Record<string, unknown> = {}, signal = new AbortController().signal) =>
  loadCheck(settingsOf(load)).run({ baseUrl }, signal);

describe('the load check', () => {
  it('blocks a service that answers errors', async () => {
    let turn = 0;
    const url = await serve((_, response) => {
      response.statusCode = turn++ % 4 === 0 ? 503 : 200;
      response.end();
    });

    const { status, reason, figures } = await judge(url);

    expect(status).toBe('fail');
    expect(reason).toMatch(/^error rate is 2\d\.\d\d %, it must be at most 1\.00 %$/);
    expect(figures['errorRate']).toBeCloseTo(0.25, 1);
  });

  it('passes its repaired twin, with all figures', async () => {
    const { status, reason, figures, findings } = await judge(await serve(good));

    expect({ status, findings }).toEqual({ status: 'pass', findings: [] });
    expect(reason).toMatch(/^\d+ requests in 500ms: error rate is 0\.00 % \(at most 1\.00 %\)$/);
    expect(Object.keys(figures)).toEqual(['requests', 'errors', 'rate', 'errorRate', 'p50Ms', 'p95Ms', 'p99Ms']);
    expect(figures).toMatchObject({ errors: 0, errorRate: 0 });
    expect(Math.abs(requests.length - (figures['requests'] ?? 0))).toBeLessThanOrEqual(4); // on their way at the end
  });

  it('blocks a service that is too slow', async () => {
    const { status, reason, figures } = await judge(await serve(slow), { maxP95: '20ms' });

    expect(status).toBe('fail');
    expect(reason).toMatch(/^latency p95 is \d+\.\d ms, it must be at most 20\.0 ms$/);
    expect(figures['p95Ms']).toBeGreaterThan(38);
  });

  it('passes the same service where that is fast enough', async () => {
    expect(await judge(await serve(slow), { maxP95: '5s', rate: 40 })).toMatchObject({ status: 'pass' });
  });

  it('blocks a service that does not reach the rate', async () => {
    const { status, reason } = await judge(await serve(slow), { connections: 1, minRate: 100 });

    expect(status).toBe('fail');
    expect(reason).toMatch(/throughput is \d+(\.\d)? requests\/s, it must be at least 100 requests\/s/);
  });

  it('blocks when nobody answers, and gives up early', async () => {
    const url = await serve(good);
    await new Promise((done) => server.close(done));

    const { status, reason, figures } = await judge(url, { rate: undefined, duration: '1h' });

    expect(status).toBe('fail');
    expect(reason).toMatch(/ answered no request$/);
    expect(figures).not.toHaveProperty('p95Ms');
  });

  it('blocks a service that takes requests and never answers', async () => {
    expect(await judge(await serve(() => undefined))).toMatchObject({ status: 'fail', figures: { rate: 0 } });
  });

  it('blocks a service that stops answering in the middle', async () => {
    let turn = 0;
    const url = await serve((request, response) => (turn++ < 40 ? good(request, response) : undefined));

    const { status, reason } = await judge(url, { duration: '2s', maxErrorRate: 1 });

    expect(status).toBe('fail');
    expect(reason).toContain('stopped answering on all connections');
  });

  it('counts requests whose connection the service drops without an answer', async () => {
    let turn = 0;
    const url = await serve((request, response) =>
      turn++ % 2 === 0 ? good(request, response) : void request.socket.end(),
    );

    const { status, figures } = await judge(url);

    expect(status).toBe('fail');
    expect(figures['errorRate']).toBeGreaterThan(0.3);
  });

  it('finds no fault with a service that closes each connection after its answer', async () => {
    const url = await serve((_, response) => {
      response.setHeader('connection', 'close');
      response.end('fine');
    });

    const scenarios = [{ path: '/a' }, { path: '/b' }];

    expect(await judge(url, { scenarios, rate: undefined, duration: '300ms' })).toMatchObject({
      status: 'pass',
      figures: { errors: 0 },
    });
  });

  it('sends every scenario as it is written', async () => {
    const seen: unknown[] = [];
    const url = await serve((request, response) => {
      request.setEncoding('utf8');
      let body = '';
      request.on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        seen.push([request.method, request.url, request.headers['x-who'], body]);
        response.end();
      });
    });
    const scenarios = [{ path: '/a' }, { path: '/b', method: 'POST', headers: { 'x-who': 'ada' }, body: '{"n":1}' }];

    expect(await judge(url, { scenarios, connections: 1 })).toMatchObject({ status: 'pass' });
    expect(seen.slice(0, 2)).toEqual([
      ['GET', '/a', undefined, ''],
      ['POST', '/b', 'ada', '{"n":1}'],
    ]);
  });

  it('blocks when a scenario was not answered once', async () => {
    const url = await serve((request, response) => (request.url === '/b' ? undefined : good(request, response)));
    const { status, reason } = await judge(url, { scenarios: [{ path: '/a' }, { path: '/b' }], maxErrorRate: 1 });

    expect(status).toBe('fail');
    expect(reason).toBe('GET /b was not answered once');
  });

  it('warms up without counting it', async () => {
    let turn = 0;
    const url = await serve((_, response) => {
      response.statusCode = turn++ < 20 ? 500 : 200;
      response.end();
    });

    expect(await judge(url, { warmup: '500ms' })).toMatchObject({ status: 'pass', figures: { errors: 0 } });
  });

  it('rejects with the reason of an abort, and stops sending', async () => {
    const stop = new AbortController();
    const url = await serve((request, response) => {
      stop.abort(new Error('stopped by hand'));
      good(request, response);
    });

    await expect(judge(url, { duration: '1h' }, stop.signal)).rejects.toThrow('stopped by hand');
    expect(await new Promise((count) => server.getConnections((_, open) => count(open)))).toBeLessThanOrEqual(4);
  });

  it('gives itself time for the whole run', () => {
    expect(loadCheck(settingsOf({ warmup: '10s', duration: '5m' })).timeLimit).toBe(340_000);
  });
});
