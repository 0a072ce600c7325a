import { summarise, type Interval } from '../analysis/figures';
import { describeMetricSourceContract, toldByContract } from './metric-source-contract';
import type { Route } from '../rollout/model';
import type { Behaviour } from './behaviour';
import { aRelease } from './builders';
import { aWorld, type WorldOptions } from './world';

const query = { project: 'app', environment: 'production' };
const quiet = new AbortController().signal;
const [first, next] = [aRelease('first').id, aRelease('next').id];

/** A world where the two releases are up and have `canary` per cent of traffic for the new one. */
async function split(canary: number, options: WorldOptions = {}, metrics: Route['metrics'] = {}) {
  const world = aWorld({ cell: 1000, ...options });
  const start = world.clock.now();
  await world.runtime.start({ ...query, release: next }, quiet);
  const shift = (weight: number, sequence: number) =>
    world.router.apply(
      {
        ...query,
        host: '127.0.0.1',
        port: 4000,
        generation: 2,
        sequence,
        metrics,
        slots: [
          { slot: 'stable', release: first, weight: 100 - weight },
          { slot: 'canary', release: next, weight },
        ],
      },
      quiet,
    );
  await shift(canary, 1);
  return { world, start, shift, from: world.clock.now() };
}

describeMetricSourceContract('the simulated metric source', async () => {
  const bursts: { from: number; to: number; rate: number }[] = [];
  const requestsPerSecond = (at: number) => bursts.find(({ from, to }) => from <= at && at < to)?.rate ?? 0;
  const { rows, depth } = toldByContract;
  const tells: Behaviour['tells'] = {
    said: { kind: 'ratio', rate: 1 },
    rows: { kind: 'histogram', median: rows, sigma: 0 },
    depth: { kind: 'gauge', median: depth, sigma: 0 },
    unwanted: { kind: 'ratio', rate: 1 },
  };
  const behaviour = { first: { tells }, next: { tells } };
  const { world, shift } = await split(50, { requestsPerSecond, behaviour }, toldByContract.metrics);
  const { clock, metrics } = world;
  metrics.past = [1, 2].map((block) => ({ ...{ instance: 'a', block, requests: 9, errors: 1 }, latency: [[5, 8]] }));
  return {
    metrics,
    query,
    now: () => clock.now(),
    releases: [first, next],
    async load(requests) {
      const from = clock.now();
      bursts.push({ from, to: from + 10_000, rate: requests / 10 });
      await clock.advance(10_000);
      const { slots } = await metrics.measure({ ...query, from, to: clock.now() }, quiet);
      return Object.fromEntries(slots.map(({ release, requests, errors }) => [release, { requests, errors }]));
    },
    pass: () => clock.advance(1000),
    changeSplit: async () => {
      await shift(0, 2);
    },
  };
});

describe('the simulated world of traffic', () => {
  const measure = async (canary: number, options: WorldOptions = {}): Promise<Interval> => {
    const { world, from } = await split(canary, options);
    await world.clock.advance(100_000);
    return world.metrics.measure({ ...query, from, to: world.clock.now() }, quiet);
  };
  const figures = ({ slots }: Interval, release: string) => summarise(slots.filter((slot) => slot.release === release));

  it('gives each slot its share of the requests', async () => {
    const interval = await measure(5, { requestsPerSecond: 200 });
    expect(figures(interval, first).requests / 20_000).toBeCloseTo(0.95, 1);
    expect(figures(interval, next).requests / 20_000).toBeCloseTo(0.05, 1);
  });

  it('answers errors and latencies as each release behaves', async () => {
    const behaviour = { next: { errorRate: 0.3, latency: { median: 200, sigma: 0.5 } } };
    const interval = await measure(50, { behaviour });
    const [good, bad] = [figures(interval, first), figures(interval, next)];
    expect(good.errorRate).toBeCloseTo(0.04, 1);
    expect(bad.errorRate).toBeCloseTo(0.3, 1);
    // the log-normal's quantiles, on edges 8 % apart
    expect((good.p50 ?? 0) / 50).toBeCloseTo(1, 0);
    expect((bad.p50 ?? 0) / 200).toBeCloseTo(1, 0);
    expect((bad.p95 ?? 0) / (200 * Math.exp(1.645 * 0.5))).toBeCloseTo(1, 0);
  });

  it('answers nothing but errors where no instance is up', async () => {
    const interval = await measure(50, { behaviour: { next: { diesAfter: 0 } } });
    expect(figures(interval, next)).toMatchObject({ errorRate: 1, p95: null });
    expect(figures(interval, first).errorRate).toBeLessThan(0.1);
  });

  it('is the same for the same seed, and another for another', async () => {
    const one = await measure(5, { seed: 1 });
    expect(await measure(5, { seed: 1 })).toEqual(one);
    expect(await measure(5, { seed: 2 })).not.toEqual(one);
  });

  it('has no figures without users', async () => {
    expect((await measure(5, { requestsPerSecond: 0 })).slots).toEqual([]);
  });
});
