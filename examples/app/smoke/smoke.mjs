// Checks a running service: BASE_URL=http://127.0.0.1:4300 node smoke/smoke.mjs
import assert from 'node:assert/strict';
import { test } from 'node:test';

const { BASE_URL } = process.env;
if (BASE_URL === undefined || !URL.canParse(BASE_URL)) {
  console.error('BASE_URL must be the address of the service, such as http://127.0.0.1:4300');
  process.exit(1);
}
const get = (path) => fetch(new URL(path, BASE_URL), { signal: AbortSignal.timeout(5_000) });

test('says good morning and which release it is', async () => {
  const response = await get('/');
  assert.equal(response.status, 200);
  assert.match(await response.text(), new RegExp(`^Good morning from release ${response.headers.get('x-release')}\\.`));
});

test('knows the shortest round to three addresses, and its price', async () => {
  const response = await get('/api/quote?items=3');
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), {
    items: 3,
    route: ['Depot', 'Harbour', 'Mill Lane', 'Old Lock', 'Depot'],
    blocks: 42,
    price: '10.30',
  });
});

test('refuses a quote for no number of items', async () => {
  assert.equal((await get('/api/quote?items=many')).status, 400);
});

test('is healthy', async () => {
  const response = await get('/healthz');
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { status: 'ok' });
});

test('has an open connection to its database, and says so to Prometheus', async () => {
  const response = await get('/metrics');
  assert.equal(response.status, 200);
  assert.match(await response.text(), /^db_connections_open [1-9]\d*$/m);
});

test('has nothing at an unknown path', async () => {
  assert.equal((await get('/nowhere')).status, 404);
});
