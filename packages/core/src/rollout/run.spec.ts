import { aPlan, aRelease, aWorld, deploy, type Behaviour, type Ending, type WorldOptions } from '../testing';
import { planRollback } from './plan';
import { transition } from './transition';

jest.setTimeout(60_000);

const minute = 60_000;
const next = aRelease('next').id;

/** Deploys `next` after `first`, where `next` behaves as it is told. */
const deployNext = async (behaviour: Partial<Behaviour> = {}, options: WorldOptions = {}, plan = aPlan()) => {
  const world = aWorld({ ...options, behaviour: { next: behaviour } });
  const ending = await deploy(world, plan);
  return { world, ending };
};
const words = ({ audit }: Ending) => audit.map(({ what }) => what);
const outcomeOf = ({ state }: Ending) => state.rollout?.outcome;

describe('a rollout', () => {
  it('of a healthy release goes 5, 10, 50, 100', async () => {
    const { world, ending } = await deployNext();
    expect(ending.shares).toEqual([5, 10, 50, 100, 100]);
    expect(outcomeOf(ending)).toMatchObject({ result: 'done', cause: 'person' });
    expect(ending.state).toMatchObject({
      stable: aRelease('next'),
      previous: { release: aRelease('first'), warmUntil: null },
    });
    expect(world.runtime.running()).toEqual([next]);
    expect(world.publisher.published.get(next)?.result).toBe('done');
    expect(world.violations).toEqual([]);
    expect(world.clock.waiting()).toBe(0);
  });

  it('is told in the audit log from the first word to the last', async () => {
    const { ending } = await deployNext();
    expect(words(ending)).toEqual([
      ...['deploy', 'traffic', 'gate', 'traffic', 'gate', 'traffic', 'gate', 'traffic', 'gate'],
      ...['verified', 'done', 'retired'],
    ]);
    expect(ending.state.audit.count).toBe(ending.audit.length);
  });

  it('watches each step for its time', async () => {
    const { ending } = await deployNext();
    const times = ending.state.rollout?.steps.map(({ since, until }) => (until ?? 0) - since);
    expect(times).toEqual([10 * minute, 10 * minute, 10 * minute, 10 * minute]);
  });

  it('goes to everything at once after the canary where it is planned so', async () => {
    const plan = aPlan();
    const steps = plan.steps.filter(({ traffic }) => traffic === 5 || traffic === 100);
    const { ending } = await deployNext({}, {}, { ...plan, steps });
    expect(ending.shares).toEqual([5, 100, 100]);
  });

  /** A canary of one instance out of four. */
  const small = () => {
    const plan = aPlan();
    return { ...plan, steps: plan.steps.map((step, at) => (at === 0 ? { ...step, atMost: 1 } : step)) };
  };

  it('starts a canary small, and brings up the rest before it gets more traffic', async () => {
    const { world, ending } = await deployNext({ instances: 4 }, { keepStates: true }, small());
    const wanted = { project: 'app', environment: 'production', release: next };
    expect(ending.shares).toEqual([5, 10, 50, 100, 100]);
    const phases = world.sink.states().map(({ rollout }) => rollout?.phase.name);
    expect(phases.filter((name) => name === 'growing')).toHaveLength(1);
    expect((await world.runtime.health(wanted, new AbortController().signal)).healthy).toBe(4);
  });

  it('takes a release back whose further instances do not come up', async () => {
    const world = aWorld({ behaviour: { next: { instances: 4 } } });
    world.later(5 * minute, () => world.behaviours.set(next, { instances: 4, refuses: 'no memory left' }));
    const ending = await deploy(world, small());
    expect(outcomeOf(ending)).toMatchObject({ result: 'rolled-back', reason: 'no memory left', cause: 'release' });
    expect(ending.shares).toEqual([5, 0]);
  });

  it('keeps the old release warm for its window, then stops it', async () => {
    const { world, ending } = await deployNext();
    const done = ending.audit.find(({ what }) => what === 'done')?.at ?? 0;
    const retired = ending.audit.find(({ what }) => what === 'retired')?.at ?? 0;
    const old = { project: 'app', environment: 'production', release: aRelease('first').id };
    expect(retired - done).toBe(10 * minute);
    expect(world.runtime.isUp(old, retired - 1)).toBe(true);
    expect(world.runtime.isUp(old, retired)).toBe(false);
  });
});

describe('a first release', () => {
  const deployFirst = (behaviour: Partial<Behaviour> = {}) =>
    deployNext(behaviour, { stable: null }, aPlan({ from: null }));

  it('has no canary: it is started, tried, and gets everything', async () => {
    const { world, ending } = await deployFirst();
    expect(ending.shares).toEqual([100, 100]);
    expect(world.verifier.calls).toEqual(['instance: smoke', 'router: health, services, smoke, window']);
    expect(ending.state).toMatchObject({ stable: aRelease('next'), previous: null });
    expect(world.violations).toEqual([]);
  });

  it('that does not pass its trial never gets traffic', async () => {
    const { world, ending } = await deployFirst({ checks: { smoke: 'fail' } });
    expect(ending.routes).toEqual([]);
    expect(outcomeOf(ending)).toMatchObject({ result: 'failed', reason: 'smoke: smoke says fail' });
    expect(world.runtime.running()).toEqual([]);
  });

  it('that answers errors is taken out of service', async () => {
    const { world, ending } = await deployFirst({ errorRate: 0.5 });
    expect(ending.routes.map(({ route }) => route.slots.length)).toEqual([1, 0]);
    expect(outcomeOf(ending)).toMatchObject({ result: 'failed', cause: 'release' });
    expect(ending.state).toMatchObject({ stable: null, refused: [] });
    expect(world.runtime.running()).toEqual([]);
  });
});

describe('a rollout goes back', () => {
  it.each<[string, Partial<Behaviour>, RegExp, number]>([
    ['the canary answers twice the errors', { errorRate: 0.08 }, /^error rate .* is above its limit/, 5],
    [
      'it takes more than twice as long',
      { latency: { median: 105, sigma: 0.3 } },
      /^latency p95 .* is above its limit/,
      5,
    ],
    ['every third request fails', { errorRate: 0.33 }, /ceiling of 20\.00 %/, 2],
    ['its instances die', { diesAfter: 3 * minute }, /is down for 1m: the instance ended|ceiling/, 6],
    ['its instances die again and again', { diesAfter: 30_000, upAgainAfter: 1_000 }, /were restarted 3 times/, 3],
  ])('when %s', async (_, behaviour, reason, minutes) => {
    const { world, ending } = await deployNext(behaviour);
    expect(outcomeOf(ending)).toMatchObject({ result: 'rolled-back', cause: 'release' });
    expect(outcomeOf(ending)?.reason).toMatch(reason);
    expect(ending.shares).toEqual([5, 0]);
    expect(ending.state).toMatchObject({ stable: aRelease('first'), refused: [{ release: next }] });
    expect(world.runtime.running()).toEqual([aRelease('first').id]);
    expect(world.publisher.published.get(next)?.result).toBe('rolled-back');
    expect(world.violations).toEqual([]);
    const [shift, back] = ending.routes.slice(1).map(({ at }) => at);
    expect((back ?? 0) - (shift ?? 0)).toBeLessThanOrEqual(minutes * minute);
  });

  it('when a critical service is down for a minute', async () => {
    const world = aWorld();
    const services = [{ name: 'db', url: 'tcp://127.0.0.1:5432', critical: true, timeout: 2_000 }];
    world.later(12 * minute, () => world.services.down.set('db', 'connection refused'));
    const ending = await deploy(world, aPlan({ services }));
    expect(outcomeOf(ending)?.reason).toBe('db is down for 1m: connection refused');
    expect(ending.shares).toEqual([5, 10, 0]);
  });

  it('when the release gets worse at 50 %', async () => {
    const world = aWorld();
    world.later(25 * minute, () => world.behaviours.set(next, { errorRate: 0.09 }));
    const ending = await deploy(world, aPlan());
    expect(ending.shares).toEqual([5, 10, 50, 0]);
  });

  it('when the verification fails', async () => {
    const { ending } = await deployNext({ checks: { window: 'fail' } });
    expect(ending.shares).toEqual([5, 10, 50, 100, 0]);
    expect(outcomeOf(ending)).toMatchObject({
      result: 'rolled-back',
      reason: 'verification: window: window says fail',
    });
  });

  it('when nobody uses it: no data is never a pass', async () => {
    const { ending } = await deployNext({}, { requestsPerSecond: 0 }, aPlan({ onInconclusive: 'rollback' }));
    expect(ending.shares).toEqual([5, 0]);
    expect(outcomeOf(ending)).toMatchObject({ cause: 'world' });
    expect(outcomeOf(ending)?.reason).toMatch(/^no conclusion within 20m; no data: the canary and the baseline/);
    expect(ending.state.refused).toEqual([]);
  });

  it('but not from a release that nobody uses while Sluice itself sends requests', async () => {
    const synthetic = { rate: 200, requests: [{ path: '/', method: 'GET' as const, headers: {} }] };
    const { ending } = await deployNext({}, { requestsPerSecond: 0 }, aPlan({ synthetic }));
    expect(outcomeOf(ending)?.result).toBe('done');
    const [slot] = ending.state.rollout?.steps[0]?.slots ?? [];
    expect(slot?.synthetic).toBe(slot?.requests);
  });
});

describe('traffic is never moved', () => {
  it.each<[string, Partial<Behaviour>, string]>([
    ['to a release that does not become healthy', { refuses: 'listen EADDRINUSE' }, 'listen EADDRINUSE'],
    ['to a release whose files are damaged', { damage: 'server.js is missing' }, 'server.js is missing'],
  ])('%s', async (_, behaviour, reason) => {
    const { world, ending } = await deployNext(behaviour);
    expect(ending.shares).toEqual([]);
    expect(outcomeOf(ending)).toMatchObject({ result: 'rolled-back', reason, cause: 'release' });
    expect(world.runtime.running()).toEqual([aRelease('first').id]);
  });

  it.each<[string, Partial<Behaviour>, string]>([
    ['is not whole any more', { damage: 'server.js is missing' }, 'server.js is missing'],
    ['is not healthy', { diesAfter: 0 }, 'its instances are down'],
  ])('while the release to go back to %s', async (_, behaviour, reason) => {
    const world = aWorld({ behaviour: { first: behaviour } });
    const ending = await deploy(world, aPlan());
    expect(ending.shares).toEqual([]);
    expect(outcomeOf(ending)).toMatchObject({ result: 'failed', cause: 'world' });
    expect(outcomeOf(ending)?.reason).toContain('the way back is not proven, so nothing was moved');
    expect(outcomeOf(ending)?.reason).toContain(reason);
    expect(world.runtime.running()).toEqual([aRelease('first').id]);
    expect(ending.state.refused).toEqual([]);
  });
});

describe('a rollback by a person', () => {
  it('goes back at once, and keeps what it left warm for a while', async () => {
    const { world } = await deployNext();
    const last = aPlan();
    const back = planRollback(last, { ...last, release: aRelease('first'), from: aRelease('next'), by: 'robin' });
    const start = world.clock.now();
    const ending = await deploy(world, back);
    expect(outcomeOf(ending)).toMatchObject({
      result: 'done',
      reason: `first (${aRelease('first').id}) rolled back by a person`,
    });
    expect(ending.routes.at(-2)?.at).toBe(start + 2_000);
    expect(ending.state).toMatchObject({ stable: aRelease('first'), previous: { release: aRelease('next') } });
    expect(world.violations).toEqual([]);
  });
});

describe('a release that was rolled back by itself', () => {
  it('is refused until a person allows it again', async () => {
    const { world } = await deployNext({ errorRate: 0.5 });
    await expect(deploy(world, aPlan())).rejects.toMatchObject({ code: 'RELEASE_REFUSED' });
    world.behaviours.delete(next);
    const { store, clock } = world;
    const state = await store.load('app', 'production');
    if (!state) throw new Error('nothing was saved');
    const allow = { type: 'allow', at: clock.now(), release: next, by: 'dana', reason: 'it was the network' } as const;
    await store.save(transition(state, allow));
    expect(outcomeOf(await deploy(world, aPlan()))?.result).toBe('done');
  });
});
