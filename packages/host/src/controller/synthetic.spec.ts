import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Plan, SyntheticTraffic } from '@sluice/core';
import { aPlan } from '@sluice/core/testing';
import { eventually } from '../supervisor/testing';
import { createSyntheticTraffic } from './synthetic';

jest.setTimeout(30_000);

let server: Server;
let traffic: SyntheticTraffic;
let seen: { request: IncomingMessage; at: number }[];
let port: number;

async function listen(answer: RequestListener = (_, response) => response.end('x'.repeat(10_000)), host = '127.0.0.1') {
  server = createServer((request, response) => {
    seen.push({ request, at: performance.now() });
    answer(request, response);
  }).listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
}
beforeEach(() => {
  seen = [];
  traffic = createSyntheticTraffic('the token');
});
afterEach(() => {
  traffic.keep(null);
  server.closeAllConnections();
  server.close();
});

const paths = [{ path: '/', method: 'GET' as const, headers: {} }];
const planOf = (rate: number, requests: NonNullable<Plan['synthetic']>['requests'] = paths, host = '127.0.0.1') =>
  aPlan({ host, port, synthetic: { rate, requests } });

describe('synthetic traffic', () => {
  it('is sent at no more than the rate that is asked for, and marked', async () => {
    await listen();
    const began = performance.now();
    traffic.keep(planOf(200));
    await eventually(() => expect(seen.length).toBeGreaterThanOrEqual(100));
    const rate = (seen.length / (performance.now() - began)) * 1000;
    expect(rate).toBeLessThanOrEqual(201);
    expect(new Set(seen.map(({ request }) => request.headers['x-sluice-synthetic']))).toEqual(new Set(['the token']));
  });

  it('sends every one of its requests as it is written', async () => {
    const bodies: string[] = [];
    await listen((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => bodies.push(text));
      request.on('end', () => response.end());
    });
    const order = { path: '/order?a=1', method: 'POST' as const, headers: { 'x-test': 'yes' }, body: '{"n":1}' };
    traffic.keep(planOf(200, [...paths, order]));
    await eventually(() =>
      expect(new Set(seen.map(({ request }) => request.url))).toEqual(new Set(['/', '/order?a=1'])),
    );
    await eventually(() => expect(bodies[0]).toBe('{"n":1}'));
    expect(seen.find(({ request }) => request.method === 'POST')?.request.headers).toMatchObject({ 'x-test': 'yes' });
  });

  it('goes on undisturbed when the same is asked for again, and stops when it is not wanted any more', async () => {
    await listen();
    traffic.keep(planOf(100));
    await eventually(() => expect(seen.length).toBeGreaterThan(5));
    traffic.keep(planOf(100));
    await eventually(() => expect(seen.length).toBeGreaterThan(10));
    traffic.keep(aPlan({ synthetic: null }));
    await eventually(async () => {
      const before = seen.length;
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
      expect(seen.length).toBe(before);
    });
    const after = seen.length;
    await eventually(() => expect(performance.now() - (seen.at(-1)?.at ?? 0)).toBeGreaterThan(100));
    expect(seen.length).toBe(after);
  });

  it('does not pile up requests that are not answered', async () => {
    await listen(() => undefined);
    traffic.keep(planOf(1000));
    await eventually(() => expect(seen.length).toBe(64));
    const last = seen.at(-1)?.at ?? 0;
    await eventually(() => expect(performance.now() - last).toBeGreaterThan(100));
    expect(seen.length).toBe(64);
  });

  it('outlives a router that is gone for a while', async () => {
    await listen();
    traffic.keep(planOf(100));
    await eventually(() => expect(seen.length).toBeGreaterThan(5));
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    const before = seen.length;
    server = createServer((request, response) => {
      seen.push({ request, at: performance.now() });
      response.end();
    }).listen(port, '127.0.0.1');
    await eventually(() => expect(seen.length).toBeGreaterThan(before + 5));
  });

  it('reaches an address of IPv6', async () => {
    await listen(undefined, '::1');
    traffic.keep(planOf(100, paths, '::1'));
    await eventually(() => expect(seen.length).toBeGreaterThan(0));
  });
});
