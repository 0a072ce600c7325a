import { answerHealth } from './routes';
import { Pool } from './pool';
import { latch, listenOnly, startApp, stopApps } from './testing';

afterEach(stopApps);

it('greets with the name of its release', async () => {
  const { get } = await startApp({ release: 'next' });
  const response = await get('/');
  expect(response.status).toBe(200);
  expect(response.headers.get('x-release')).toBe('next');
  expect(await response.text()).toBe('Good morning from release next. Ask me for /api/quote?items=3\n');
});

it('quotes the price of a round', async () => {
  const { get } = await startApp();
  const response = await get('/api/quote?items=3');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toEqual({
    items: 3,
    route: ['Depot', 'Harbour', 'Mill Lane', 'Old Lock', 'Depot'],
    blocks: 42,
    price: '10.30',
  });
});

it.each(['', '?items=', '?items=0', '?items=8', '?items=3.5', '?items=many'])(
  'refuses a quote for %j',
  async (query) => {
    const { get } = await startApp();
    const response = await get(`/api/quote${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: 'items must be a whole number from 1 to 7' });
  },
);

it('is starting until the database is connected, then ok', async () => {
  const gate = latch();
  const app = await listenOnly({ connect: () => gate.opened.then(() => ({ addresses: async () => [] })) });
  const connected = app.connect();

  const starting = await app.get('/healthz');
  expect(starting.status).toBe(503);
  expect(await starting.json()).toEqual({ status: 'starting' });

  gate.open();
  await connected;
  const ok = await app.get('/healthz');
  expect(ok.status).toBe(200);
  expect(await ok.json()).toEqual({ status: 'ok' });
});

it('is broken, and answers 500, when the database refuses connections', async () => {
  const { get, log } = await listenOnly({ connect: () => Promise.reject(new Error('refused')) });

  const quote = await get('/api/quote?items=1');
  expect(quote.status).toBe(500);
  expect(await quote.json()).toEqual({ error: 'internal error' });
  expect(log).toEqual(['error: GET /api/quote: refused']);

  const health = await get('/healthz');
  expect(health.status).toBe(503);
  expect(await health.json()).toEqual({ status: 'broken' });
});

it('is not healthy while it stops', () => {
  const pool = new Pool(1, () => Promise.reject(new Error('not asked')));
  expect(answerHealth(pool, true)).toMatchObject({ status: 503, body: '{"status":"stopping"}\n' });
});

it('tells Prometheus of its requests, connections and memory', async () => {
  const { get } = await startApp();
  await get('/api/quote?items=1');
  await get('/no-such-place');
  const response = await get('/metrics');
  const text = await response.text();
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(text).toContain('http_requests_total{route="/api/quote",status="200"} 1\n');
  expect(text).toContain('http_requests_total{route="other",status="404"} 1\n');
  expect(text).toContain('http_request_duration_seconds_count{route="/api/quote"} 1\n');
  expect(text).toContain('\ndb_connections_open 1\n');
  expect(text).toContain('\ndb_connections_busy 0\n');
  expect(text).toMatch(/\nprocess_resident_memory_bytes [1-9]\d+\n/);
});
