import {
  aPlan,
  aRelease,
  aThreshold,
  aWorld,
  deploy,
  resume,
  withFaults,
  type Behaviour,
  type Ending,
  type Fault,
} from '../testing';

jest.setTimeout(60_000);

const second = 1000;
const minute = 60 * second;
const outcomeOf = ({ state }: Ending) => state.rollout?.outcome;
const rejecting = (method: string, error: Error, when: (nth: number) => boolean = () => true) => {
  return (call: { method: string; nth: number }): Fault | null =>
    call.method === method && when(call.nth) ? { type: 'reject', error } : null;
};
const shortPlan = aPlan({
  judge: aThreshold({ minRequests: 50 }),
  steps: [
    { stage: 'canary', traffic: 20, judged: true, minDuration: 30 * second, maxDuration: minute },
    { stage: 'production', traffic: 100, judged: false, minDuration: 30 * second, maxDuration: 30 * second },
  ],
});
const terrible: Record<string, Partial<Behaviour>> = { next: { errorRate: 0.5 } };

describe('a store or an audit log that can not be written', () => {
  it.each(['save', 'record'])('ends the run, which goes on when it can be written again: %s', async (method) => {
    const world = aWorld();
    const full = new Error('no space left on device');
    const ports = withFaults(
      world.ports,
      rejecting(method, full, (nth) => nth > 5),
    );
    const synthetic = { rate: 5, requests: [{ path: '/', method: 'GET' as const, headers: {} }] };
    await expect(deploy(world, { ...shortPlan, synthetic }, { ports })).rejects.toBe(full);
    expect(world.clock.waiting()).toBe(0);
    expect(world.synthetic.rateAt(world.clock.now() - 1)).toBe(5);
    expect(world.synthetic.rateAt(world.clock.now())).toBe(0);
    const ending = await resume(world);
    expect(outcomeOf(ending)?.result).toBe('done');
    expect(new Set(ending.audit.map(({ id }) => id)).size).toBe(ending.audit.length);
  });

  it('does not let a command begin that is not saved', async () => {
    const world = aWorld();
    const ports = withFaults(
      world.ports,
      rejecting('save', new Error('no space left'), (nth) => nth === 3),
    );
    await expect(deploy(world, shortPlan, { ports })).rejects.toThrow('no space left');
    expect(world.router.history('app', 'production')).toHaveLength(1);
  });
});

describe('a report that can not be written', () => {
  it('does not change how a rollout ends, and is mentioned', async () => {
    const world = aWorld();
    const ports = withFaults(world.ports, rejecting('publish', new Error('read-only file system')));
    const ending = await deploy(world, shortPlan, { ports });
    expect(outcomeOf(ending)).toMatchObject({ result: 'done' });
    expect(outcomeOf(ending)?.reason).toContain('the report could not be written');
    expect(outcomeOf(ending)?.reason).toContain('read-only file system');
    expect(ending.state.stable).toEqual(aRelease('next'));
  });
});

describe('a router that does not answer', () => {
  it('while traffic is taken back is asked until it works', async () => {
    const world = aWorld({ behaviour: terrible });
    const start = world.clock.now();
    world.later(10 * second, () => (world.router.outage = new Error('connection refused')));
    world.later(3 * 60 * minute, () => (world.router.outage = null));
    const ending = await deploy(world, aPlan());
    expect(ending.shares).toEqual([5, 0]);
    const back = (ending.routes.at(-1)?.at ?? 0) - start;
    expect(back).toBeGreaterThanOrEqual(3 * 60 * minute);
    expect(back).toBeLessThanOrEqual(3 * 60 * minute + 30 * second);
    expect(world.runtime.running()).toEqual([aRelease('first').id]);
  });

  it('while the release is made the only one is asked until it works', async () => {
    const world = aWorld();
    const settling = withFaults(
      world.ports,
      rejecting('apply', new Error('refused'), (nth) => nth >= 3 && nth < 20),
    );
    const ending = await deploy(world, shortPlan, { ports: settling });
    expect(ending.shares).toEqual([20, 100, 100]);
    expect(outcomeOf(ending)?.result).toBe('done');
  });

  it('when the first traffic is to move ends the rollout, with nothing moved', async () => {
    const world = aWorld();
    const ports = withFaults(
      world.ports,
      rejecting('apply', new Error('refused'), (nth) => nth <= 5),
    );
    const ending = await deploy(world, aPlan(), { ports });
    expect(ending.shares).toEqual([0]);
    expect(outcomeOf(ending)).toMatchObject({ result: 'rolled-back', cause: 'world' });
    expect(ending.state.refused).toEqual([]);
  });
});

describe('a port that is taken', () => {
  it.each([
    ['a first release', { stable: null }, aPlan({ from: null, port: 4100 })],
    ['a release that moves to it', {}, aPlan({ port: 4100 })],
  ])('ends the rollout of %s at once, and leaves what is live alone', async (_, options, plan) => {
    const world = aWorld(options);
    world.router.takenPorts.add(4100);
    const start = world.clock.now();
    const ending = await deploy(world, plan);
    expect(ending.shares).toEqual([]);
    expect(outcomeOf(ending)?.reason).toBe('Port 4100 of production is in use by another process. (PORT_IN_USE)');
    expect(outcomeOf(ending)?.cause).toBe('world');
    expect(world.clock.now() - start).toBeLessThan(10 * second);
    expect(world.runtime.running()).toEqual(plan.from ? [aRelease('first').id] : []);
  });
});

describe('metrics that can not be reached', () => {
  const patient = { ...aThreshold(), consecutiveErrorLimit: 1000 };
  it.each([
    ['longer than `noData`', patient, patient.noData],
    ['more often in a row than is tolerated', aThreshold(), 4 * 10 * second],
  ])('never let a release go on: it is rolled back when they are missing %s', async (_, judge, patience) => {
    const world = aWorld();
    world.metrics.outage = new Error('connection refused');
    const ending = await deploy(world, aPlan({ judge }));
    expect(ending.shares).toEqual([5, 0]);
    expect(outcomeOf(ending)).toMatchObject({ result: 'rolled-back', cause: 'world' });
    const [shift, back] = ending.routes.slice(1).map(({ at }) => at);
    expect((back ?? 0) - (shift ?? 0)).toBeGreaterThan(patience);
    expect((back ?? 0) - (shift ?? 0)).toBeLessThan(patience + minute);
  });

  it('for a while are waited for, and what they missed is counted when they are back', async () => {
    const calm = aWorld();
    const { state } = await deploy(calm, aPlan());
    const world = aWorld();
    world.later(3 * minute, () => (world.metrics.outage = new Error('connection refused')));
    world.later(3 * minute + 35 * second, () => (world.metrics.outage = null));
    const ending = await deploy(world, aPlan());
    expect(ending.shares).toEqual([5, 10, 50, 100, 100]);
    const requests = (all: typeof state) => all.rollout?.steps[0]?.slots.map((slot) => slot.requests);
    expect(requests(ending.state)?.[0]).toBeGreaterThanOrEqual(requests(state)?.[0] ?? 0);
  });

  it('that come late delay the evidence, and lose none of it', async () => {
    const world = aWorld();
    world.metrics.lag = 45 * second;
    const ending = await deploy(world, aPlan());
    expect(ending.shares).toEqual([5, 10, 50, 100, 100]);
    const seen = ending.state.rollout?.steps[0]?.slots.reduce((sum, { requests }) => sum + requests, 0) ?? 0;
    expect(seen / (200 * (600 - 45))).toBeCloseTo(1, 1);
  });
});

describe('any port that fails', () => {
  const methods = ['prove', 'start', 'apply', 'measure', 'health', 'verify', 'publish', 'stop'];

  it.each(methods)('four times in a row is asked again, and the rollout comes to its end: %s', async (method) => {
    const world = aWorld();
    const ports = withFaults(
      world.ports,
      rejecting(method, new Error('not now'), (nth) => nth <= 4),
    );
    const ending = await deploy(world, shortPlan, { ports });
    expect(outcomeOf(ending)?.result).toBe('done');
    expect(ending.shares).toEqual([20, 100, 100]);
    expect(world.runtime.running()).toEqual([aRelease('next').id]);
    expect(world.violations).toEqual([]);
  });

  it.each(methods)('by losing its first answer is asked again: %s', async (method) => {
    const world = aWorld();
    const error = new Error('the answer was lost');
    const ports = withFaults(world.ports, (call) =>
      call.method === method && call.nth === 1 ? { type: 'lose', error } : null,
    );
    const ending = await deploy(world, shortPlan, { ports });
    expect(outcomeOf(ending)?.result).toBe('done');
    expect(ending.shares.filter((share, i, all) => share !== all[i - 1])).toEqual([20, 100]);
  });

  it.each(methods)('by giving its first answer never is told to stop, and asked again: %s', async (method) => {
    const world = aWorld({ cell: 10_000 });
    const ports = withFaults(world.ports, (call) =>
      call.method === method && call.nth === 1 ? { type: 'hang' } : null,
    );
    const ending = await deploy(world, shortPlan, { ports });
    expect(ending.state.rollout?.phase.name).toBe('over');
    expect(world.clock.waiting()).toBe(0);
    expect(world.violations).toEqual([]);
  });

  it.each(['prove', 'start', 'measure', 'verify', 'publish'])(
    'for ever does not hold the rollout for ever: %s',
    async (method) => {
      const world = aWorld();
      const ports = withFaults(world.ports, rejecting(method, new Error('never')));
      const ending = await deploy(world, shortPlan, { ports });
      expect(ending.state.rollout?.phase.name).toBe('over');
      expect(ending.routes.at(-1)?.route.slots).toHaveLength(1);
    },
  );
});

describe('a driver that is told to leave', () => {
  it('leaves at any call with that reason, nothing asleep and no rejection unhandled, and the next one goes on', async () => {
    const calm = aWorld();
    let calls = 0;
    const expected = await deploy(calm, shortPlan, {
      ports: withFaults(calm.ports, ({ number }) => {
        calls = number;
        return null;
      }),
    });
    for (let number = 1; number <= calls; number++) {
      const world = aWorld();
      const leave = new AbortController();
      const reason = new Error('the controller is leaving');
      const ports = withFaults(world.ports, (call) => {
        if (call.number === number) leave.abort(reason);
        return null;
      });
      const left = await deploy(world, shortPlan, { ports, signal: leave.signal }).catch((thrown: unknown) => thrown);
      expect(left === reason || number > calls - 3).toBe(true);
      expect(world.clock.waiting()).toBe(0);
      expect((await resume(world)).state).toEqual(expected.state);
    }
  });
});
