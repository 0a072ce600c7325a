import { configSchema, loadRunSchema, type Config, type LoadRun } from '@sluice/core';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadCheck } from './load';
import type { ReadUsage } from './usage-samples';

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
const MB = 1024 ** 2;
const steady: ReadUsage = async () => ({ cpuPercent: 50, memoryBytes: 60 * MB, restarts: 0 });
const judge = (
  baseUrl: string,
  load: Record<string, unknown> = {},
  { signal, usage }: { signal: AbortSignal; usage: ReadUsage } = {
    signal: new AbortController().signal,
    usage: steady,
  },
) => loadCheck(settingsOf(load)).run({ baseUrl, usage }, signal);
const watch = (usage: ReadUsage) => ({ signal: new AbortController().signal, usage });

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
    expect(reason).toMatch(
      /^\d+ requests in 500ms: error rate is 0\.00 % \(at most 1\.00 %\); memory growth is 0KB \(at most 128MB\)$/,
    );
    expect(Object.keys(figures)).toEqual([
      ...['requests', 'errors', 'rate', 'errorRate', 'p50Ms', 'p95Ms', 'p99Ms'],
      ...['cpuPercent', 'cpuMaxPercent', 'memoryStartBytes', 'memoryEndBytes', 'memoryMaxBytes', 'memoryGrowthBytes'],
    ]);
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

    await expect(judge(url, { duration: '1h' }, { signal: stop.signal, usage: steady })).rejects.toThrow(
      'stopped by hand',
    );
    expect(await new Promise((count) => server.getConnections((_, open) => count(open)))).toBeLessThanOrEqual(4);
  });

  it('blocks a release whose memory grows all the time, and one whose memory nobody can tell', async () => {
    let read = 0;
    const leaking: ReadUsage = async () => ({ cpuPercent: 50, memoryBytes: read++ * MB, restarts: 0 });
    const url = await serve(good);

    const { status, reason, figures } = await judge(url, { maxMemoryGrowth: '4MB' }, watch(leaking));
    const blind = await judge(
      url,
      {},
      watch(async () => ({ cpuPercent: null, memoryBytes: null, restarts: 0 })),
    );

    expect(status).toBe('fail');
    expect(reason).toMatch(/^memory growth is \d+MB, it must be at most 4MB$/);
    expect(figures['memoryGrowthBytes']).toBeGreaterThan(4 * MB);
    expect(blind).toMatchObject({ status: 'fail', reason: expect.stringContaining('was not measured') as unknown });
  });

  it('blocks a release that uses too much of the processor', async () => {
    const { status, reason } = await judge(await serve(good), { maxCpu: 40 });

    expect(status).toBe('fail');
    expect(reason).toBe('CPU is 50 %, it must be at most 40 %');
  });

  it('blocks a release that was started again while it was loaded', async () => {
    let read = 0;
    const crashing: ReadUsage = async () => ({ cpuPercent: 50, memoryBytes: MB, restarts: read++ < 5 ? 1 : 2 });

    expect(await judge(await serve(good), {}, watch(crashing))).toMatchObject({
      status: 'fail',
      reason: 'instances were started again 1 time while it was loaded',
    });
  });

  it('tells what it measured in twenty parts of the run', async () => {
    let run: LoadRun | null = null;
    const url = await serve(good);
    const subject = { baseUrl: url, usage: steady };
    await loadCheck(settingsOf({}), (found) => (run = found)).run(subject, new AbortController().signal);

    const { intervals } = loadRunSchema.parse(run);
    expect(intervals).toHaveLength(20);
    expect(intervals.filter(({ requests }) => requests > 0).length).toBeGreaterThan(10);
  });

  describe('of a service that stalls for a second', () => {
    /** Answers at once, but for a second in which it answers nothing. */
    const stalling = (): RequestListener => {
      const begun = performance.now();
      return (_, response) => {
        const at = performance.now() - begun;
        setTimeout(() => response.end(), at > 500 && at < 1500 ? 1500 - at : 0);
      };
    };

    it('shows the stall at a rate, for all requests that were due in it', async () => {
      const load = { duration: '2s', rate: 200, connections: 4, maxP99: '500ms' };
      const { status, figures } = await judge(await serve(stalling()), load);

      expect(status).toBe('fail');
      expect(figures['p99Ms']).toBeGreaterThan(800);
      expect(figures['requests']).toBeGreaterThan(300); // what was held up is made good
    });

    it('can not show it as fast as it goes, where only those count that were sent', async () => {
      const { figures } = await judge(await serve(stalling()), { duration: '2s', rate: undefined, connections: 4 });

      expect(figures['p99Ms']).toBeLessThan(500);
    });
  });

  it('gives itself time for the whole run', () => {
    expect(loadCheck(settingsOf({ warmup: '10s', duration: '5m' })).timeLimit).toBe(340_000);
  });
});
