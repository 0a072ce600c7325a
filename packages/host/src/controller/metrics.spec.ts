import type { RequestListener } from 'node:http';
import { describeMetricSourceContract, toldByContract } from '@sluice/core/testing';
import type { Bucket } from '../router/bucket';
import { openWorld, slot, type World } from '../router/testing/world';
import { latencyLayout } from '../router/tally';
import { createMetricSource, measureAll, mergeBuckets } from './metrics';

jest.setTimeout(30_000);

const query = { project: 'app', environment: 'production' };
const never = new AbortController().signal;
const isBad = (path = '') => path.startsWith('/bad');
/** Answers with its name, and an error where that is asked for. */
const service =
  (name: string): RequestListener =>
  (request, response) => {
    response.statusCode = isBad(request.url) ? 500 : 200;
    const { rows, depth } = toldByContract;
    response.setHeader('server-timing', `said;dur=1, rows;dur=${rows}, unwanted;dur=1, depth;desc="a, b";dur=${depth}`);
    response.end(name);
  };
/** Two releases with half of the traffic each. */
async function aService(world: World) {
  const releases = ['r1', 'r2'] as const;
  const [stable, canary] = [
    await world.instance('stable', service('stable')),
    await world.instance('canary', service('canary')),
  ];
  const split = (canaryWeight: number) =>
    world.apply([slot('stable', 100 - canaryWeight, [stable], 'r1'), slot('canary', canaryWeight, [canary], 'r2')], {
      metrics: { ...toldByContract.metrics },
    });
  await split(50);
  return { releases, split, stable, canary };
}

/** Time is what is closed: it passes when the next bucket is, so that no request is on both sides of a moment. */
describeMetricSourceContract('the figures of the embedded router', async () => {
  const minute = 50;
  const world = await openWorld({ bucket: 50, minute });
  const { releases, split } = await aService(world);
  let closed = 0;
  const figures = async () =>
    (await world.client.figures(query.project, query.environment, { from: 0, to: 1e15 })).buckets;
  const look = async () => {
    closed = Math.max(closed, (await figures()).at(-1)?.to ?? 0);
  };
  const pass = async () => {
    for (const before = closed; closed === before;) await look();
  };
  const metrics = createMetricSource(world.client, world.dir, minute);
  await pass();
  return {
    metrics: {
      async measure(asked, signal) {
        const interval = await metrics.measure(asked, signal);
        closed = Math.max(closed, interval.to);
        return interval;
      },
      history: metrics.history,
    },
    minute,
    query,
    releases,
    now: () => closed,
    async load(requests) {
      const sent = { r1: { requests: 0, errors: 0 }, r2: { requests: 0, errors: 0 } };
      for (let i = 0; i < requests; i++) {
        const { status, body } = await world.send({ path: i % 10 < 2 ? '/bad' : '/' });
        const release = body === 'canary' ? 'r2' : 'r1';
        sent[release].requests += 1;
        if (status >= 500) sent[release].errors += 1;
      }
      await look();
      await pass();
      return sent;
    },
    pass,
    async changeSplit() {
      const before = (await figures()).at(-1);
      await split(0);
      // the moment of the change, however late it is looked at
      const old = (await figures()).filter(
        ({ generation, sequence }) => generation === before?.generation && sequence === before.sequence,
      );
      closed = Math.max(closed, old.at(-1)?.to ?? 0);
    },
    dispose: () => world.close(),
  };
});

describe('the figures of the embedded router', () => {
  let world: World;
  beforeEach(async () => (world = await openWorld({ bucket: 20 })));
  afterEach(() => world.close());

  it('count each request once when they are asked for in consecutive windows while traffic flows', async () => {
    const { stable, canary } = await aService(world);
    const metrics = createMetricSource(world.client, world.dir);
    const began = (await world.client.health()).now - 1_000;
    let from = began;
    const counted = { r1: 0, r2: 0 };
    const sent = { total: 0 };
    let endedAt = Infinity;
    const traffic = Promise.all(
      [1, 2, 3, 4].map(async () => {
        for (; sent.total < 600; sent.total++) await world.send();
      }),
    ).then(async () => (endedAt = (await world.client.health()).now));
    // a request counts when it has ended, which its client may know a moment before
    while (from <= endedAt || counted.r1 + counted.r2 < sent.total) {
      const { now } = await world.client.health();
      const interval = await metrics.measure({ ...query, from, to: now }, never);
      expect(interval.from).toBe(from);
      expect(interval.to).toBeGreaterThanOrEqual(from);
      expect(interval.to).toBeLessThanOrEqual(now);
      for (const { release, requests } of interval.slots) counted[release === 'r1' ? 'r1' : 'r2'] += requests;
      from = interval.to;
    }
    await traffic;
    const all = await measureAll(metrics, { ...query, from: began, to: from }, never);
    expect(all.slots.map(({ requests }) => requests)).toEqual([counted.r1, counted.r2]);
    expect(counted).toEqual({ r1: stable.seen(), r2: canary.seen() });
  });

  it('of an interval with several splits are given for the first, and whole by asking on', async () => {
    const { split } = await aService(world);
    const { now: from } = await world.client.health();
    for (const weight of [50, 0, 100]) {
      await split(weight);
      for (let i = 0; i < 10; i++) await world.send();
    }
    const metrics = createMetricSource(world.client, world.dir);
    const asked = { ...query, from, to: from + 60_000 };
    let whole = await measureAll(metrics, asked, never);
    while (whole.slots.reduce((sum, { requests }) => sum + requests, 0) < 30) {
      whole = await measureAll(metrics, asked, never);
    }
    expect(whole.slots.map(({ slot: name, requests }) => [name, requests])).toEqual([
      ['stable', 15],
      ['canary', 15],
    ]);
    const first = await metrics.measure(asked, never);
    expect(first.to).toBeLessThan(whole.to);
  });

  it('are none, from where it was asked, when nothing is closed', async () => {
    await aService(world);
    const metrics = createMetricSource(world.client, world.dir);
    const asked = { ...query, from: 10, to: 20 };
    const none = { from: 10, to: 10, slots: [], layout: latencyLayout };
    expect(await metrics.measure(asked, never)).toEqual(none);
    expect(await measureAll(metrics, asked, never)).toEqual(none);
  });

  it('are an error for a route that there is not', async () => {
    const asked = createMetricSource(world.client, world.dir).measure({ ...query, from: 0, to: 1 }, never);
    await expect(asked).rejects.toMatchObject({ code: 'ROUTE_UNKNOWN' });
  });
});

describe('merged buckets', () => {
  const bucket = (from: number, slots: Bucket['slots']): Bucket => ({
    from,
    to: from + 1,
    generation: 1,
    sequence: 1,
    slots,
  });
  const figures = (changes: Partial<Bucket['slots'][number]>): Bucket['slots'][number] => ({
    ...{ slot: 'stable', release: 'r1', requests: 3, errors: 1, inFlight: 2 },
    ...{ synthetic: { requests: 1, errors: 0 }, latency: [[5, 2]] },
    ...changes,
  });

  it('add up by slot and release', () => {
    const buckets = [
      bucket(1, [figures({}), figures({ slot: 'canary', release: 'r2' })]),
      bucket(2, [figures({ latency: [[5, 1], [9, 1]] }), figures({ release: 'r2', requests: 1 })]), // prettier-ignore
    ];
    expect(mergeBuckets(buckets)).toEqual([
      { slot: 'stable', release: 'r1', requests: 6, errors: 2, synthetic: 2, latency: [[5, 3], [9, 1]] }, // prettier-ignore
      { slot: 'canary', release: 'r2', requests: 3, errors: 1, synthetic: 1, latency: [[5, 2]] },
      { slot: 'stable', release: 'r2', requests: 1, errors: 1, synthetic: 1, latency: [[5, 2]] },
    ]);
  });

  it('are nothing where there are none', () => expect(mergeBuckets([])).toEqual([]));
});
