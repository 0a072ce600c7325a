import { pinHeader, signPin } from './pin';
import type { Slot } from './route';
import { sumsOf } from './testing/sums';
import { openWorld, slot, until, type TestInstance, type World } from './testing/world';

const secret = 'a secret of some length';
const token = 'synthetic token';

let world: World;
let stable: TestInstance;
let canary: TestInstance;
beforeEach(async () => {
  world = await openWorld();
  stable = await world.instance('stable');
  canary = await world.instance('canary', (request, response) => {
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    response.end(`canary ${request.headers.cookie ?? 'none'} ${String(request.headers[pinHeader])}`);
  });
});
afterEach(() => world.close());

const split = (weight: number): Slot[] => [slot('stable', 100 - weight, [stable]), slot('canary', weight, [canary])];

describe('a sticky route', () => {
  const apply = (weight: number, changes = {}) =>
    world.apply(split(weight), { sticky: true, secret, syntheticToken: token, ...changes });
  /** The cookie that a client without one gets. */
  const cookieOf = (fields: string[] | undefined) => fields?.at(-1)?.split(';')[0] ?? '';

  it('keeps a client in its slot, which knows it by its cookie alone', async () => {
    await apply(50);
    for (let client = 0; client < 10; client += 1) {
      const first = await world.send();
      const cookie = cookieOf(first.headers['set-cookie']);
      for (let i = 0; i < 5; i += 1) {
        const again = await world.send({ headers: { cookie } });
        expect(again.body.slice(0, 6)).toBe(first.body.slice(0, 6));
        expect(again.headers['set-cookie'] ?? []).not.toContainEqual(expect.stringMatching(/^sluice/));
      }
    }
  });

  it("takes its own cookie out of the request and leaves the instance's in the answer", async () => {
    await apply(100);
    const first = await world.send();
    expect(first.headers['set-cookie']).toEqual(['a=1', 'b=2', expect.stringMatching(/^sluice-[0-9a-f]{8}=/)]);
    const cookie = cookieOf(first.headers['set-cookie']);
    expect((await world.send({ headers: { cookie } })).body).toBe('canary none undefined');
    expect((await world.send({ headers: { cookie: `x=1; ${cookie};y` } })).body).toBe('canary x=1;y undefined');
  });

  it('gives a client with a forged cookie a new one', async () => {
    await apply(100);
    const cookie = cookieOf((await world.send()).headers['set-cookie']);
    const forged = cookie.slice(0, -2);
    expect(cookieOf((await world.send({ headers: { cookie: forged } })).headers['set-cookie'])).toMatch(/^sluice/);
  });

  it('keeps clients of the canary there while its share grows, and lets them go when it has none', async () => {
    await apply(50);
    const clients: string[] = [];
    while (clients.length < 5) {
      const { body, headers } = await world.send();
      if (body.startsWith('canary')) clients.push(cookieOf(headers['set-cookie']));
    }
    await apply(70);
    for (const cookie of clients) expect((await world.send({ headers: { cookie } })).body).toMatch(/^canary/);
    await apply(0);
    for (const cookie of clients) expect((await world.send({ headers: { cookie } })).body).toBe('stable');
  });

  it('splits synthetic requests exactly, and gives them no cookie', async () => {
    await apply(5);
    let canaries = 0;
    for (let i = 0; i < 100; i += 1) {
      const { body, headers } = await world.send({ headers: { 'x-sluice-synthetic': token } });
      if (body.startsWith('canary')) canaries += 1;
      expect(headers['set-cookie'] ?? []).not.toContainEqual(expect.stringMatching(/^sluice/));
    }
    expect(canaries).toBe(5);
  });

  it('asks for TLS where the client came by it', async () => {
    await apply(0);
    const reply = await world.send({ headers: { 'x-forwarded-proto': 'https' } });
    expect(reply.headers['set-cookie']?.[0]).toMatch(/; Secure$/);
  });

  it('serves a client of a slot whose instances are gone from another', async () => {
    await apply(100);
    const cookie = cookieOf((await world.send()).headers['set-cookie']);
    await world.apply([slot('stable', 1, [stable]), slot('canary', 99, [await world.nobody('gone')])], {
      ...{ sticky: true, secret },
    });
    expect((await world.send({ headers: { cookie } })).body).toBe('stable');
  });
});

describe('a pin', () => {
  const expires = Math.floor(Date.now() / 1_000) + 600;
  const place = { project: 'app', environment: 'production' };
  const pinned = (name: Slot['slot'], over = {}) => ({
    headers: { [pinHeader]: signPin(secret, { ...place, slot: name, expires, ...over }) },
  });

  it('sends a request to its slot, one without a share too, and is not passed on', async () => {
    await world.apply(split(0), { secret });
    for (let i = 0; i < 3; i += 1) expect((await world.send(pinned('canary'))).body).toBe('canary none undefined');
    expect((await world.send(pinned('stable'))).body).toBe('stable');
    expect((await world.send()).body).toBe('stable');
  });

  it('leaves no trace in the figures but for what is in flight, and none in the split', async () => {
    let inFlight: number | undefined;
    const curious = await world.instance('curious', (_, response) => {
      void world.client.routes().then(({ routes }) => {
        inFlight = routes[0]?.inFlight.find((each) => each.slot === 'canary')?.requests;
        response.writeHead(500).end();
      });
    });
    await world.apply([slot('stable', 99, [stable]), slot('canary', 1, [curious])], { secret });
    expect((await world.send(pinned('canary'))).status).toBe(500);
    expect(inFlight).toBe(1);
    await world.send();
    await until(async () => (await sumsOf(world, 'stable')).requests === 1);
    expect(await sumsOf(world, 'canary')).toEqual({ requests: 0, errors: 0, latencies: 0 });
  });

  it('has no cookie set on a sticky route', async () => {
    await world.apply(split(5), { secret, sticky: true });
    expect((await world.send(pinned('stable'))).headers).not.toHaveProperty('set-cookie');
  });

  it('is answered 503 where its slot has no instance, and goes to no other', async () => {
    await world.apply([slot('stable', 100, [stable]), slot('canary', 0, [await world.nobody('gone')])], { secret });
    expect((await world.send(pinned('canary'))).status).toBe(503);
    expect((await world.send(pinned('baseline'))).status).toBe(503);
    expect(stable.seen()).toBe(0);
  });

  it.each([
    ['forged', { headers: { [pinHeader]: `canary.${expires}.${'x'.repeat(43)}` } }],
    ['expired', pinned('canary', { expires: 1 })],
    ["another project's", pinned('canary', { project: 'other' })],
  ])('is answered 403 where it is %s', async (_, sending) => {
    await world.apply(split(5), { secret });
    const reply = await world.send(sending);
    expect(reply.status).toBe(403);
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'PIN_REFUSED' });
    expect([stable.seen(), canary.seen()]).toEqual([0, 0]);
  });

  it('is answered 403 where the route has no secret', async () => {
    await world.apply(split(5));
    expect((await world.send(pinned('canary'))).status).toBe(403);
  });
});
