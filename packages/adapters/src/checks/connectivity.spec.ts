import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { connectivityCheck, type ConnectivitySubject } from './connectivity';

type Service = ConnectivitySubject['services'][number];
const servers: Server[] = [];

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const listenHttp = (handler: RequestListener) => listen(createServer(handler));

/** A port on which nobody listens any more. */
async function closedPort(): Promise<number> {
  const port = await listen(createTcpServer());
  await close(servers.pop());
  return port;
}
const close = (server: Server | undefined) => new Promise((done) => (server ? server.close(done) : done(undefined)));

const service = (name: string, url: string, more: Partial<Service> = {}): Service => ({
  name,
  url,
  critical: true,
  timeout: 10_000,
  ...more,
});
const judge = (services: Service[], signal = new AbortController().signal) =>
  connectivityCheck().run({ services }, signal);

afterEach(async () => {
  await Promise.all(servers.splice(0).map(close));
});

describe('the connectivity check', () => {
  it('blocks when a critical service is unreachable', async () => {
    const port = await closedPort();

    expect(await judge([service('database', `tcp://127.0.0.1:${port}`)])).toMatchObject({
      status: 'fail',
      reason: `database (tcp://127.0.0.1:${port}): connect ECONNREFUSED 127.0.0.1:${port}`,
      findings: [{ severity: 'critical' }],
      figures: { services: 1, reachable: 0 },
    });
  });

  it('passes its twin that listens, and web services that answer 2xx or 3xx', async () => {
    const database = await listen(createTcpServer((socket) => socket.on('error', () => undefined)));
    const web = await listenHttp((request, response) => {
      response.statusCode = request.url === '/moved' ? 302 : 200;
      response.end('a body');
    });

    const found = await judge([
      service('database', `tcp://127.0.0.1:${database}`),
      service('web', `http://127.0.0.1:${web}/healthy`),
      service('moved', `http://127.0.0.1:${web}/moved`),
    ]);

    expect(found).toEqual({
      status: 'pass',
      reason: '3 services answered',
      findings: [],
      figures: { services: 3, reachable: 3 },
    });
  });

  it.each([404, 500, 503])('blocks on an answer with status %i', async (status) => {
    const port = await listenHttp((_, response) => {
      response.statusCode = status;
      response.end();
    });

    const { reason, ...found } = await judge([service('web', `http://127.0.0.1:${port}/`)]);

    expect(found).toMatchObject({ status: 'fail' });
    expect(reason).toContain(`answered with status ${status}`);
  });

  it('blocks when a service takes the connection and never answers', async () => {
    const port = await listenHttp(() => undefined);

    const { status, reason } = await judge([service('web', `http://127.0.0.1:${port}/`, { timeout: 50 })]);

    expect(status).toBe('fail');
    expect(reason).toContain('no answer within 50ms');
  });

  it('warns when only a service that is not critical is down', async () => {
    const port = await closedPort();

    expect(await judge([service('metrics', `tcp://127.0.0.1:${port}`, { critical: false })])).toMatchObject({
      status: 'warn',
      findings: [{ severity: 'low' }],
    });
  });

  it('blocks on a TCP service without a port', async () => {
    expect(await judge([service('database', 'tcp://127.0.0.1')])).toMatchObject({
      status: 'fail',
      reason: 'database (tcp://127.0.0.1): the URL names no port',
    });
  });

  it('does not print a password', async () => {
    const port = await closedPort();

    const { reason } = await judge([service('queue', `http://me:hunter2@127.0.0.1:${port}/`)]);

    expect(reason).toContain('http://me:***@127.0.0.1');
    expect(reason).not.toContain('hunter2');
  });

  it('is skipped when no service is declared', async () => {
    expect(await judge([])).toMatchObject({ status: 'skip', reason: 'no service is declared' });
  });

  it('rejects with the reason of an abort', async () => {
    const stop = new AbortController();
    const port = await listenHttp(() => stop.abort(new Error('stopped by hand')));

    await expect(judge([service('web', `http://127.0.0.1:${port}/`)], stop.signal)).rejects.toThrow('stopped by hand');
  });
});
