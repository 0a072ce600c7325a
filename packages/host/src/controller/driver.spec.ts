import { initialState, isOver, type Act, type EnvironmentState, type Plan } from '@sluice/core';
import { aPlan, aRelease, aWorld, eventually, type World } from '@sluice/core/testing';
import { createDriver, type Driver, type DriverPorts } from './driver';

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (thrown: unknown) => (thrown instanceof Error && 'code' in thrown ? thrown.code : thrown),
  );
const atRest = () => new Promise((resolve) => setImmediate(resolve));
const begin = (world: World, plan: Partial<Plan> = {}): Act => ({
  type: 'begin',
  at: world.clock.now(),
  plan: aPlan(plan),
});

/** A driver in a simulated world, whose saves first ask `beforeSave`. */
function bench(options: { beforeSave?: (state: EnvironmentState) => Promise<void> | void; from?: World } = {}) {
  const world = options.from ?? aWorld();
  const reports: unknown[] = [];
  const ports: DriverPorts = {
    ...world.ports,
    store: {
      load: world.store.load,
      async save(state) {
        await options.beforeSave?.(state);
        await world.store.save(state);
      },
    },
  };
  const make = (state: EnvironmentState) => createDriver(state, ports, (_, thrown) => reports.push(thrown));
  const driver = make(world.initial);
  return { world, driver, ports, make, reports };
}
const ended = (driver: Driver) => eventually('the rollout is over', () => isOver(driver.state()));
const stored = async ({ store }: World) => (await store.load('app', 'production')) ?? initialState('app', 'production');

describe('a driver', () => {
  it('takes a release to 100 % and then has nothing to do', async () => {
    const { driver, world } = bench();
    await driver.act(begin(world));
    await ended(driver);
    expect(driver.state()).toMatchObject({ stable: aRelease('next'), rollout: { outcome: { result: 'done' } } });
    expect(await stored(world)).toEqual({ ...driver.state(), audit: expect.anything() as unknown });
    expect(world.clock.waiting()).toBe(0);
  });

  it('acknowledges an act only when the state that has it is saved', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { driver, world } = bench({ beforeSave: () => gate });
    let isAnswered = false;
    const answer = driver.act(begin(world)).then((state) => {
      isAnswered = true;
      return state;
    });
    for (let i = 0; i < 10; i++) await atRest();
    expect([isAnswered, driver.state()]).toEqual([false, world.initial]);
    open();
    expect((await answer).rollout?.plan.release).toEqual(aRelease('next'));
    await ended(driver);
  });

  it('rejects an act whose state can not be saved, changes nothing, and takes it when the store is mended', async () => {
    let isBroken = true;
    const { driver, world, reports } = bench({
      beforeSave: () => {
        if (isBroken) throw new Error('disk full');
      },
    });
    await expect(driver.act(begin(world))).rejects.toThrow('disk full');
    expect(driver.state()).toEqual(world.initial);
    isBroken = false;
    await driver.act(begin(world));
    await ended(driver);
    expect(driver.state().stable).toEqual(aRelease('next'));
    expect(reports).toEqual([new Error('disk full')]);
  });

  it('goes on by itself when the store failed in the middle and is mended', async () => {
    let saves = 0;
    const { driver, world, reports } = bench({
      beforeSave: () => {
        saves += 1;
        if (saves >= 10 && saves < 15) throw new Error('disk full');
      },
    });
    await driver.act(begin(world));
    await ended(driver);
    expect(driver.state().rollout?.outcome?.result).toBe('done');
    expect(reports).toHaveLength(5);
    expect(new Set(world.sink.entries().map(({ id }) => id)).size).toBe(world.sink.entries().length);
  });

  it('writes into the audit log what it could not write at first, even when nothing else is left to do', async () => {
    const { world, make, ports } = bench();
    const refused = [{ release: 'bad', reason: 'errors', at: 0 }];
    let fails = 2;
    const record: DriverPorts['sink']['record'] = (entries) => {
      fails -= 1;
      return fails >= 0 ? Promise.reject(new Error('audit log full')) : world.sink.record(entries);
    };
    const driver = createDriver(
      { ...world.initial, refused },
      { ...ports, sink: { ...world.sink, record } },
      () => undefined,
    );
    await driver.act({ type: 'allow', at: 1, release: 'bad', by: 'dana', reason: 'mended' });
    await eventually('it is recorded', () => world.sink.entries().length === 1);
    expect(world.sink.entries()[0]).toMatchObject({ what: 'allow', by: 'dana', detail: 'mended' });

    const crashed = { ...driver.state(), outbox: world.sink.entries().map((entry) => ({ ...entry, id: 'lost' })) };
    make(crashed).resume();
    await eventually('what the last controller did not come to record is', () => world.sink.entries().length === 2);
  });

  it('begins one of two rollouts that are asked for at the same time, and refuses the other', async () => {
    const { driver, world } = bench();
    const [first, second] = [driver.act(begin(world)), driver.act(begin(world, { release: aRelease('other') }))];
    expect(await codeOf(second)).toBe('ROLLOUT_IN_PROGRESS');
    expect((await first).rollout?.plan.release).toEqual(aRelease('next'));
    await ended(driver);
    expect(driver.state()).toMatchObject({ generation: 2, stable: aRelease('next') });
  });

  it('answers an act that is refused at once, without disturbing the rollout or the next act', async () => {
    const { driver, world } = bench();
    await driver.act(begin(world));
    const answers = new Promise<unknown[]>((resolve) => {
      world.later(60_000, (at) => {
        const refused = codeOf(driver.act(begin(world, { release: aRelease('other') })));
        const taken = driver.act({ type: 'abort', at, by: 'dana', reason: 'changed my mind' });
        resolve(Promise.all([refused, taken.then(({ rollout }) => rollout?.phase.name)]));
      });
    });
    expect(await answers).toEqual(['ROLLOUT_IN_PROGRESS', 'withdrawing']);
    await ended(driver);
    expect(driver.state()).toMatchObject({
      stable: aRelease('first'),
      rollout: { outcome: { result: 'rolled-back' } },
    });
  });

  it('refuses what the state does not admit while nothing runs, and takes what it does after it', async () => {
    const { driver, world } = bench();
    expect(await codeOf(driver.act({ type: 'abort', at: 0, by: 'dana', reason: 'no' }))).toBe('NO_WAY_BACK');
    await driver.act(begin(world));
    await ended(driver);
  });

  it('does not lose an act that comes while the last state of a rollout is saved', async () => {
    const acts: Promise<EnvironmentState>[] = [];
    const { driver, world } = bench({
      beforeSave: (state) => {
        if (isOver(state) && state.rollout && acts.length === 0) {
          acts.push(driver.act(begin(world, { release: aRelease('third'), from: aRelease('next') })));
        }
      },
    });
    await driver.act(begin(world));
    await eventually('the third release is live', () => driver.state().stable?.id === aRelease('third').id);
    expect((await acts[0])?.rollout?.plan.release).toEqual(aRelease('third'));
    await ended(driver);
  });

  it('tells every state to whoever watches, until they leave', async () => {
    const { driver, world } = bench();
    const seen: string[] = [];
    const stop = driver.watch(({ rollout }) => {
      seen.push(rollout?.phase.name ?? 'none');
      if (rollout?.phase.name === 'shifting') stop();
    });
    await driver.act(begin(world));
    await ended(driver);
    expect(seen).toEqual(['proving', 'starting', 'shifting']);
  });
});

describe('a driver that leaves', () => {
  /** Leaves when the canary has been watched for a while. */
  async function left() {
    const made = bench();
    await made.driver.act(begin(made.world, { synthetic: { rate: 10, requests: [] } }));
    await new Promise<void>((resolve) => made.world.later(60_000, () => resolve()));
    await made.driver.leave();
    return made;
  }

  it('leaves the rollout where it is, and stops the traffic of its own', async () => {
    const { driver, world } = await left();
    expect(driver.state().rollout?.phase.name).toBe('watching');
    expect((await stored(world)).sequence).toBe(driver.state().sequence);
    expect(world.synthetic.rateAt(world.clock.now())).toBe(0);
    expect(world.clock.waiting()).toBe(0);
  });

  it('takes no act any more', async () => {
    const { driver } = await left();
    expect(await codeOf(driver.act({ type: 'goal', at: 0, goal: 'canary', by: 'dana' }))).toBe('HOST_LEAVING');
  });

  it('answers the acts that still wait', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { driver, world } = bench({ beforeSave: () => gate });
    const first = driver.act(begin(world));
    const second = codeOf(driver.act({ type: 'goal', at: 0, goal: 'canary', by: 'dana' }));
    const leaving = driver.leave();
    open();
    expect((await first).rollout?.phase.name).toBe('proving');
    expect(await second).toBe('HOST_LEAVING');
    await leaving;
  });

  it('is followed by one that goes on at the same step with the evidence that was there', async () => {
    const { world, make } = await left();
    const saved = await stored(world);
    const requests = saved.rollout?.steps[0]?.slots.map((slot) => slot.requests) ?? [];
    expect(Math.min(...requests)).toBeGreaterThan(0);
    const next = make(saved);
    const seen: EnvironmentState[] = [];
    next.watch((state) => seen.push(state));
    next.resume();
    await ended(next);
    expect(seen[0]?.rollout?.steps).toEqual(saved.rollout?.steps);
    expect(next.state()).toMatchObject({ stable: aRelease('next'), rollout: { outcome: { result: 'done' } } });
    expect(world.router.history('app', 'production').map(({ route }) => route.sequence)).toEqual([
      ...new Set(world.router.history('app', 'production').map(({ route }) => route.sequence)),
    ]);
  });

  it('has nothing to resume where nothing was under way', async () => {
    const { driver, world } = bench();
    driver.resume();
    await atRest();
    expect(world.store.saves()).toBe(0);
  });
});
