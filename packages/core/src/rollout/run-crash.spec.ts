import {
  aPlan,
  aThreshold,
  aWorld,
  deathAt,
  deploy,
  resume,
  withFaults,
  type Ending,
  type PortCall,
  type World,
  type WorldOptions,
} from '../testing';
import { withFreshBaseline } from './fresh-baseline';

jest.setTimeout(60_000);

const step = { judged: true, minDuration: 10_000, maxDuration: 40_000 };
const plan = aPlan({
  judge: aThreshold({ minRequests: 50 }),
  steps: [
    { stage: 'canary', traffic: 20, ...step },
    { stage: 'production', traffic: 100, ...step, judged: false },
  ],
  window: 60_000,
});

const fresh = aPlan({ ...plan, steps: plan.steps.map(withFreshBaseline) });

/** Everything that a rollout leaves in the world. */
const trace = (world: World, { state, audit, routes }: Ending) => ({
  state,
  audit,
  routes,
  running: world.runtime.running(),
  published: [...world.publisher.published],
  violations: world.violations,
  asleep: world.clock.waiting(),
});

const unwilling = { refuses: 'exit code 1', startTime: 0 };
const scenarios: [string, WorldOptions, typeof plan][] = [
  ['succeeds', {}, plan],
  ['is rolled back', { behaviour: { next: { errorRate: 0.15 } } }, plan],
  ['succeeds beside a fresh baseline', {}, fresh],
  ['is rolled back beside a fresh baseline', { behaviour: { next: { errorRate: 0.15 } } }, fresh],
  ['has a fresh baseline that does not start', { behaviour: { first: unwilling, next: { startTime: 0 } } }, fresh],
  ['never becomes healthy', { behaviour: { next: unwilling } }, plan],
  ['is the first', { stable: null }, aPlan({ ...plan, from: null, steps: plan.steps.slice(1) })],
  ['fails its verification', { behaviour: { next: { checks: { smoke: 'fail' } } } }, plan],
];

describe.each(scenarios)('the driver of a rollout that %s', (_, options, planned) => {
  it.each(['before', 'after'] as const)(
    'dies %s any call of any port has its effect: the end is the same',
    async (when) => {
      const calm = aWorld(options);
      let calls = 0;
      const counting = (call: PortCall) => {
        calls = call.number;
        return null;
      };
      const expected = trace(calm, await deploy(calm, planned, { ports: withFaults(calm.ports, counting) }));
      const text = JSON.stringify(expected);
      expect(calls).toBeGreaterThan(20);

      for (let number = 1; number <= calls; number++) {
        const world = aWorld(options);
        const dying = withFaults(world.ports, deathAt(number, when));
        await expect(deploy(world, planned, { ports: dying })).rejects.toThrow(`the driver died at call ${number}`);
        expect(world.clock.waiting()).toBe(0);
        const isBegun = (await world.store.load('app', 'production')) !== null;
        const ending = isBegun ? await resume(world) : await deploy(world, planned);
        // compared as text, for there are a thousand of them
        if (JSON.stringify(trace(world, ending)) !== text)
          expect([number, trace(world, ending)]).toEqual([number, expected]);
      }
    },
  );
});

describe('a driver that dies again and again', () => {
  it('comes to the same end, a call further each time', async () => {
    const calm = aWorld();
    const expected = trace(calm, await deploy(calm, plan));
    const world = aWorld();
    let ending: Ending | null = null;
    let lives = 0;
    for (let calls = 8; !ending; calls++) {
      lives += 1;
      const ports = withFaults(world.ports, deathAt(calls, 'after'));
      const isBegun = (await world.store.load('app', 'production')) !== null;
      ending = await (isBegun ? resume(world, { ports }) : deploy(world, plan, { ports })).catch(() => null);
    }
    expect(lives).toBeGreaterThan(5);
    expect(trace(world, ending)).toEqual(expected);
  });
});

describe('a driver that was away', () => {
  it('for an hour goes on at the same step, with the evidence it had', async () => {
    const world = aWorld();
    const dying = withFaults(world.ports, deathAt(40, 'before'));
    await expect(deploy(world, aPlan(), { ports: dying })).rejects.toThrow('died');
    const before = await world.store.load('app', 'production');
    expect(before?.rollout?.phase).toMatchObject({ name: 'watching', step: 0 });
    await world.clock.advance(3_600_000);

    const ending = await resume(world);
    expect(ending.shares).toEqual([5, 10, 50, 100, 100]);
    expect(ending.state.rollout?.outcome?.result).toBe('done');
    const [canary] = ending.state.rollout?.steps ?? [];
    const requests = canary?.slots.find(({ slot }) => slot === 'canary')?.requests ?? 0;
    const seconds = ((canary?.until ?? 0) - (canary?.since ?? 0)) / 1000;
    // 5 % of 200 requests a second, the hour without a driver included, each counted once
    expect(requests / (seconds * 10)).toBeCloseTo(1, 1);
  });

  it('has the audit log written to the end when it died just before', async () => {
    const world = aWorld();
    let records = 0;
    await deploy(world, plan, {
      ports: withFaults(world.ports, ({ method, nth }) => {
        if (method === 'record') records = nth;
        return null;
      }),
    });
    const other = aWorld();
    const dying = withFaults(other.ports, ({ method, nth }) =>
      method === 'record' && nth === records ? { type: 'reject', error: new Error('the disk is full') } : null,
    );
    await expect(deploy(other, plan, { ports: dying })).rejects.toThrow('the disk is full');
    expect((await resume(other)).audit).toEqual(world.sink.entries());
  });
});
