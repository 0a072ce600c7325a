import type { TrafficRouter } from '../ports';
import type { Route } from '../rollout/model';
import {
  codeOf,
  contractOf,
  expectRefusedWhenAborted,
  expectStopsWhenAborted,
  quiet,
  type Disposable,
} from './contract';

export interface RouterHarness extends Disposable {
  router: TrafficRouter;
  /** Two releases whose instances are up and answer. The first one has those of a fresh baseline, too. */
  releases: readonly [stable: string, canary: string];
  /** Where the environment is served: a free port. Project and environment are any. */
  address: Pick<Route, 'project' | 'environment' | 'host' | 'port'>;
  /**
   * Sends so many requests, each after the answer to the one before, and says which release answered each, `RELEASE/baseline`
   * where its fresh baseline did. `null`: nobody did.
   */
  ask: (requests: number) => Promise<(string | null)[]>;
  /** Another port, which a process that is not ours holds. */
  takenPort: () => number | Promise<number>;
  /** The router as the next driver process sees it; traffic flows meanwhile. */
  reopen: () => TrafficRouter | Promise<TrafficRouter>;
}

const split = ({ releases, address }: RouterHarness, canary: number, version: readonly [number, number]): Route => ({
  ...address,
  generation: version[0],
  sequence: version[1],
  slots: [
    { slot: 'stable', release: releases[0], weight: 100 - canary },
    { slot: 'canary', release: releases[1], weight: canary },
  ],
});
const read = async ({ router, address }: RouterHarness, from = router) =>
  from.read(address.project, address.environment, quiet());
const shareOf = (answers: readonly (string | null)[], release: string) =>
  answers.filter((answer) => answer === release).length / answers.length;

/** `make` gives a router without a route. */
export const describeRouterContract = contractOf<RouterHarness>('a traffic router', 30_000, (test) => {
  test('has no route at the start', async (harness) => {
    expect(await read(harness)).toBeNull();
  });

  test('puts a route in force and says so', async (harness) => {
    const route = split(harness, 0, [1, 1]);
    await harness.router.apply(route, quiet());
    expect(await read(harness)).toEqual(route);
    expect(await harness.ask(20)).toEqual(Array(20).fill(harness.releases[0]));
  });

  test('sends every request that comes later by the new route', async (harness) => {
    const [stable, canary] = harness.releases;
    await harness.router.apply(split(harness, 0, [1, 1]), quiet());
    await harness.router.apply(split(harness, 100, [1, 2]), quiet());
    expect(await harness.ask(20)).toEqual(Array(20).fill(canary));
    await harness.router.apply(split(harness, 0, [1, 3]), quiet());
    expect(await harness.ask(20)).toEqual(Array(20).fill(stable));
  });

  test('gives each slot about its share, and a slot of no weight nothing', async (harness) => {
    const [stable, canary] = harness.releases;
    await harness.router.apply(split(harness, 25, [1, 1]), quiet());
    const answers = await harness.ask(400);
    expect(shareOf(answers, canary)).toBeGreaterThan(0.15);
    expect(shareOf(answers, canary)).toBeLessThan(0.35);
    expect(shareOf(answers, stable) + shareOf(answers, canary)).toBe(1);
  });

  test('sends the share of a fresh baseline to its instances alone, though stable is of the same release', async (harness) => {
    const [stable, canary] = harness.releases;
    const beside: Route = {
      ...split(harness, 30, [1, 1]),
      slots: [
        { slot: 'stable', release: stable, weight: 40 },
        { slot: 'baseline', release: stable, weight: 30 },
        { slot: 'canary', release: canary, weight: 30 },
      ],
    };
    await harness.router.apply(beside, quiet());
    expect(await read(harness)).toEqual(beside);
    const answers = await harness.ask(400);
    for (const [who, share] of [
      [stable, 0.4],
      [`${stable}/baseline`, 0.3],
      [canary, 0.3],
    ] as const) {
      expect(shareOf(answers, who)).toBeGreaterThan(share - 0.1);
      expect(shareOf(answers, who)).toBeLessThan(share + 0.1);
    }
    await harness.router.apply(split(harness, 30, [1, 2]), quiet());
    expect(await harness.ask(40)).not.toContain(`${stable}/baseline`);
  });

  test('may be told the same twice', async (harness) => {
    const route = split(harness, 50, [1, 1]);
    await harness.router.apply(route, quiet());
    await harness.router.apply(route, quiet());
    expect(await read(harness)).toEqual(route);
  });

  test('refuses an older route: of an older generation, or of the same and an older sequence', async (harness) => {
    const route = split(harness, 50, [2, 5]);
    await harness.router.apply(route, quiet());
    expect(await codeOf(harness.router.apply(split(harness, 10, [2, 4]), quiet()))).toBe('ROUTE_STALE');
    expect(await codeOf(harness.router.apply(split(harness, 10, [1, 9]), quiet()))).toBe('ROUTE_STALE');
    expect(await read(harness)).toEqual(route);
  });

  test('takes a newer generation whatever its sequence', async (harness) => {
    await harness.router.apply(split(harness, 50, [1, 9]), quiet());
    const route = split(harness, 10, [2, 0]);
    await harness.router.apply(route, quiet());
    expect(await read(harness)).toEqual(route);
  });

  test('serves nothing by a route without slots, and serves again by the next', async (harness) => {
    await harness.router.apply(split(harness, 0, [1, 1]), quiet());
    await harness.router.apply({ ...split(harness, 0, [1, 2]), slots: [] }, quiet());
    expect((await read(harness))?.slots ?? []).toEqual([]);
    expect(await harness.ask(3)).toEqual([null, null, null]);
    await harness.router.apply(split(harness, 0, [1, 3]), quiet());
    expect(await harness.ask(3)).toEqual(Array(3).fill(harness.releases[0]));
  });

  test('names a port that another process holds, and leaves the route as it was', async (harness) => {
    const route = split(harness, 0, [1, 1]);
    await harness.router.apply(route, quiet());
    const elsewhere = { ...split(harness, 50, [1, 2]), port: await harness.takenPort() };
    expect(await codeOf(harness.router.apply(elsewhere, quiet()))).toBe('PORT_IN_USE');
    expect(await read(harness)).toEqual(route);
    expect(await harness.ask(3)).toEqual(Array(3).fill(harness.releases[0]));
    const next = split(harness, 100, [1, 3]);
    await harness.router.apply(next, quiet());
    expect(await read(harness)).toEqual(next);
  });

  test('serves on while the driver is started again, and keeps the order of routes', async (harness) => {
    const route = split(harness, 0, [3, 7]);
    await harness.router.apply(route, quiet());
    const next = await harness.reopen();
    expect(await read(harness, next)).toEqual(route);
    expect(await harness.ask(3)).toEqual(Array(3).fill(harness.releases[0]));
    expect(await codeOf(next.apply(split(harness, 50, [3, 6]), quiet()))).toBe('ROUTE_STALE');
    await next.apply(route, quiet());
    expect(await read(harness, next)).toEqual(route);
  });

  test('refuses to begin anything when the signal has fired before', async (harness) => {
    const { router, address } = harness;
    await expectRefusedWhenAborted((signal) => router.apply(split(harness, 0, [1, 1]), signal));
    await expectRefusedWhenAborted((signal) => router.read(address.project, address.environment, signal));
    expect(await read(harness)).toBeNull();
  });

  test('puts a route in force whole or not at all when it is told to stop, and takes it again', async (harness) => {
    const before = split(harness, 0, [1, 1]);
    const after = split(harness, 100, [1, 2]);
    await harness.router.apply(before, quiet());
    await expectStopsWhenAborted((signal) => harness.router.apply(after, signal));
    expect([before, after]).toContainEqual(await read(harness));
    await harness.router.apply(after, quiet());
    expect(await read(harness)).toEqual(after);
  });
});
