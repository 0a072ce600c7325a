import { Agent } from 'node:http';
import { openWorld, slot, until, type TestInstance, type World } from './testing/world';

const total = 4_000;
const clients = 16;

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

describe('the router under load', () => {
  it('loses no request while splits change and instances are replaced', async () => {
    const start = (id: string) =>
      world.instance(id, (request, response) => {
        request.resume().on('end', () => setImmediate(() => response.end(id)));
      });
    const agent = new Agent({ keepAlive: true, maxSockets: clients });
    let stable: TestInstance[] = [await start('r0-a'), await start('r0-b')];
    await world.apply([slot('stable', 100, stable, 'r0')]);

    let sent = 0;
    const statuses: Record<string, number> = {};
    const client = async () => {
      while (sent < total) {
        sent += 1;
        const post = sent % 4 === 0;
        const reply = await world
          .send({ agent, ...(post && { method: 'POST', body: 'a body' }) })
          .catch((error: unknown) => ({ status: String(error) }));
        statuses[reply.status] = (statuses[reply.status] ?? 0) + 1;
      }
    };

    /** A rollout to a new release: step by step, then the old instances go when they are done. */
    const roll = async (generation: number) => {
      const release = `r${generation}`;
      const next = [await start(`${release}-a`), await start(`${release}-b`)];
      const before = `r${generation - 1}`;
      for (const weight of [5, 50, 0, 95]) {
        await world.apply([slot('stable', 100 - weight, stable, before), slot('canary', weight, next, release)]);
      }
      await world.apply([slot('stable', 100, next, release)]);
      await until(async () => {
        const [listing] = (await world.client.routes()).routes;
        return listing?.inFlight.every((each) => each.release === release || each.requests === 0) ?? false;
      });
      await Promise.all(stable.map((instance) => instance.stop()));
      stable = next;
    };

    const load = { over: false };
    const clientsDone = Promise.all(Array.from({ length: clients }, client)).finally(() => (load.over = true));
    let rollouts = 0;
    while (!load.over && rollouts < 500) {
      rollouts += 1;
      await roll(rollouts);
    }
    await clientsDone;
    agent.destroy();
    expect(statuses).toEqual({ 200: total });
    expect(rollouts).toBeGreaterThan(2);
  }, 60_000);
});
