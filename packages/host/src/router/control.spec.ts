import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { readAll, responseTo } from './testing/visitor';
import { freePort, openWorld, slot, until, type World } from './testing/world';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const anyText: unknown = expect.any(String);
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

/** Speaks to the control socket without the client, which would not let bad input through. */
async function raw(method: string, path: string, body?: string) {
  const sent = request({ socketPath: world.socket, method, path, agent: false });
  sent.end(body);
  const response = await responseTo(sent);
  const answer: unknown = JSON.parse(await readAll(response));
  return { status: response.statusCode, answer };
}

describe('the control socket', () => {
  it('may be used by its owner alone', async () => {
    expect((await stat(world.socket)).mode & 0o777).toBe(0o600);
    expect((await stat(`${world.dir}/router.json`)).mode & 0o777).toBe(0o600);
  });

  it('says who answers', async () => {
    const health = await world.client.health();
    expect(health).toMatchObject({ pid: process.pid, version: '0.0.0-test' });
    expect(health.now).toBeGreaterThanOrEqual(health.startedAt);
  });

  it.each([
    ['POST', '/routes', undefined, 404, 'HOST_REFUSED'],
    ['GET', '/', undefined, 404, 'HOST_REFUSED'],
    ['GET', '/routes/%E0%A4/production', undefined, 400, 'HOST_REFUSED'],
    ['GET', '/figures/app/production', undefined, 404, 'ROUTE_UNKNOWN'],
    ['PUT', '/routes/app/production', '{"project":', 400, 'HOST_REFUSED'],
    ['PUT', '/routes/app/production', '[]', 400, 'HOST_REFUSED'],
    ['PUT', '/routes/app', '{}', 400, 'HOST_REFUSED'],
    ['GET', '/figures/app/production?from=then', undefined, 400, 'HOST_REFUSED'],
  ])('refuses %s %s', async (method, path, body, status, code) => {
    const { status: given, answer } = await raw(method, path, body);
    expect(given).toBe(status);
    expect(answer).toEqual({ code, message: anyText, remedy: anyText });
  });

  it('names every problem of a route, with its path', async () => {
    const instance = { id: 'a', host: '127.0.0.1', port: 70_000 };
    const slots = [{ slot: 'stable', release: 'r1', weight: 90, instances: [instance], color: 'blue' }];
    const body = { project: 'app', environment: 'production', port: 1, generation: 1, sequence: -1, slots };
    const { answer } = await raw('PUT', '/routes/app/production', JSON.stringify(body));
    expect(answer).toMatchObject({
      code: 'HOST_REFUSED',
      message: matching(/sequence: .*slots\.0\.instances\.0\.port: .*color/s),
    });
  });

  it('refuses a route under another name than its own', async () => {
    const route = await world.apply([slot('stable', 0, [])]);
    const { status } = await raw('PUT', '/routes/other/production', JSON.stringify({ ...route, sequence: 9 }));
    expect(status).toBe(400);
  });
});

describe('a route', () => {
  it('is in force when the answer comes', async () => {
    const [blue, green] = [await world.instance('blue'), await world.instance('green')];
    for (let i = 0; i < 20; i += 1) {
      await world.apply([slot('stable', 100, [i % 2 ? blue : green])]);
      expect((await world.send()).body).toBe(i % 2 ? 'blue' : 'green');
    }
  });

  it('may be applied again, and is refused when a later one is in force', async () => {
    const instance = await world.instance('blue');
    const first = await world.apply([slot('stable', 100, [instance])], { generation: 2, sequence: 5 });
    await expect(world.client.put(first)).resolves.toMatchObject({ saved: true });
    const empty = { ...first, slots: [slot('stable', 0, [])] };
    await expect(world.client.put({ ...empty, sequence: 4 })).rejects.toMatchObject({ code: 'ROUTE_STALE' });
    const older = { ...empty, generation: 1, sequence: 99 };
    await expect(world.client.put(older)).rejects.toMatchObject({ code: 'ROUTE_STALE' });
    await expect(world.client.put(empty)).rejects.toMatchObject({ code: 'ROUTE_CONFLICT' });
    expect((await world.send()).body).toBe('blue');
  });

  it('is refused as a whole when its port is in use', async () => {
    const blue = await world.instance('blue');
    const before = await world.apply([slot('stable', 100, [blue])]);
    const taken = { ...before, sequence: 50, port: blue.port, slots: [slot('stable', 0, [])] };
    await expect(world.client.put(taken)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: matching(new RegExp(String(blue.port))),
    });
    expect((await world.send()).body).toBe('blue');
    expect((await world.client.routes()).routes.map(({ route }) => route)).toEqual([before]);
  });

  it('moves to another port, and finishes on the old one what it began there', async () => {
    const held: (() => void)[] = [];
    const instance = await world.instance('blue', (_, response) => {
      held.push(() => response.end('done'));
    });
    await world.apply([slot('stable', 100, [instance])]);
    const begun = world.send();
    await until(() => held.length === 1);
    const port = await freePort();
    await world.apply([slot('stable', 100, [instance])], { port });
    await expect(world.send()).rejects.toThrow('ECONNREFUSED');
    held.forEach((finish) => finish());
    const reply = await begun;
    expect([reply.status, reply.body, reply.headers.connection]).toEqual([200, 'done', 'close']);
  });

  it('is removed when the requests in flight are done', async () => {
    const held: (() => void)[] = [];
    const instance = await world.instance('blue', (_, response) => {
      held.push(() => response.end('done'));
    });
    await world.apply([slot('stable', 100, [instance])]);
    const begun = world.send();
    await until(() => held.length === 1);
    let removed = false;
    const removal = world.client.remove('app', 'production').then(() => (removed = true));
    await until(async () => (await world.client.routes()).routes.length === 0);
    await expect(world.send()).rejects.toThrow('ECONNREFUSED');
    expect(removed).toBe(false);
    held.forEach((finish) => finish());
    expect((await begun).body).toBe('done');
    await removal;
    await world.client.remove('app', 'production');
  });

  it('shows what is in flight on a release that it no longer sends to, until that is done', async () => {
    const held: (() => void)[] = [];
    const old = await world.instance('old', (_, response) => {
      held.push(() => response.end('done'));
    });
    await world.apply([slot('stable', 100, [old], 'r1')]);
    const begun = world.send();
    await until(() => held.length === 1);
    await world.apply([slot('stable', 100, [await world.instance('new')], 'r2')]);
    const inFlight = async () => (await world.client.routes()).routes[0]?.inFlight;
    expect(await inFlight()).toEqual([
      { slot: 'stable', release: 'r1', requests: 1 },
      { slot: 'stable', release: 'r2', requests: 0 },
    ]);
    expect((await world.send()).body).toBe('new');
    held.forEach((finish) => finish());
    expect((await begun).body).toBe('done');
    await until(async () => (await inFlight())?.length === 1);
  });

  it('cuts the figures, so that no bucket spans two splits', async () => {
    const [stable, canary] = [await world.instance('stable'), await world.instance('canary')];
    await world.apply([slot('stable', 100, [stable], 'r1')]);
    for (let i = 0; i < 10; i += 1) await world.send();
    await world.apply([slot('stable', 50, [stable], 'r1'), slot('canary', 50, [canary], 'r2')]);
    for (let i = 0; i < 10; i += 1) await world.send();
    const { now } = await world.client.routes();
    await until(async () => (await world.client.health()).now > now + 100);
    const { buckets } = await world.client.figures('app', 'production', { from: 0, to: now + 100 });
    const sum = (sequence: number, name: string) =>
      buckets
        .filter((bucket) => bucket.sequence === sequence)
        .flatMap(({ slots }) => slots.filter((each) => each.slot === name))
        .reduce((total, { requests }) => total + requests, 0);
    expect([sum(1, 'stable'), sum(1, 'canary'), sum(2, 'stable'), sum(2, 'canary')]).toEqual([10, 0, 5, 5]);
    buckets.slice(1).forEach((bucket, index) => expect(bucket.from).toBe(buckets[index]?.to));
    expect(await world.client.figures('app', 'production', { from: 0, to: now + 100 })).toMatchObject({ buckets });
  });

  it('counts synthetic requests beside the others and keeps their mark from the instance', async () => {
    const marks: unknown[] = [];
    const instance = await world.instance('stable', (incoming, response) => {
      marks.push(incoming.headers['x-sluice-synthetic']);
      response.writeHead(500).end();
    });
    await world.apply([slot('stable', 100, [instance])], { syntheticToken: 'secret' });
    for (const mark of ['secret', 'guess']) await world.send({ headers: { 'x-sluice-synthetic': mark } });
    await world.send();
    expect(marks).toEqual([undefined, undefined, undefined]);
    await until(async () => {
      const { buckets } = await world.client.figures('app', 'production', { from: 0, to: 9e15 });
      const all = buckets.flatMap(({ slots }) => slots);
      const sum = (count: (figures: (typeof all)[number]) => number) =>
        all.reduce((total, each) => total + count(each), 0);
      if (sum((each) => each.requests) !== 3) return false;
      expect(sum((each) => each.errors)).toBe(3);
      expect([sum((each) => each.synthetic.requests), sum((each) => each.synthetic.errors)]).toEqual([1, 1]);
      return true;
    });
  });

  it('closes the idle connections of its clients when it goes', async () => {
    await world.apply([slot('stable', 100, [await world.instance('stable')])]);
    const agent = new Agent({ keepAlive: true });
    await world.send({ agent });
    const [socket] = Object.values(agent.freeSockets).flat();
    const closed = socket && once(socket, 'close');
    await world.client.remove('app', 'production');
    await closed;
    agent.destroy();
  });
});
