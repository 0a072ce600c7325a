import type { Workload } from '../release';
import { aManifest, aPlan, aRelease, aState, aStateIn, aWorld, phases, type World } from '../testing';
import { withFreshBaseline } from './fresh-baseline';
import type { EnvironmentState, Phase, Route } from './model';
import { nextCommand } from './next';
import { run } from './run';
import { takeOver, type Sources } from './take-over';
import { transition } from './transition';

const quiet = new AbortController().signal;
const [first, next] = [aRelease('first'), aRelease('next')];
const workload = (release: string) => ({ project: 'app', environment: 'production', release });

const sourcesOf = ({ clock, store, router, runtime, sink }: World, over: Partial<Sources> = {}): Sources => ({
  ...{ clock, store, router, audit: { read: async () => sink.entries() } },
  runtime: { stop: runtime.stop, workloadsOf: runtime.workloadsOf },
  releases: { list: async () => [aManifest('first'), aManifest('next')] },
  ...over,
});

async function worldWith(state: EnvironmentState | null, running: string[] = [next.id]) {
  const world = aWorld();
  for (const release of running) world.runtime.place(workload(release));
  if (state) await world.store.save(state);
  const take = (owner = 'b', over: Partial<Sources> = {}) =>
    takeOver('app', 'production', owner, sourcesOf(world, over), quiet);
  return { world, take };
}

describe('a driver that takes over', () => {
  it('is the owner of the next generation, in the store before it does anything', async () => {
    const { world, take } = await worldWith(aStateIn(phases.starting, { owner: 'a' }));
    const taken = await take();
    expect(taken).toMatchObject({ generation: 3, sequence: 0, owner: 'b' });
    expect(world.store.held('app', 'production')).toEqual(taken);
  });

  it('leaves the one before it nothing to save', async () => {
    const before = aStateIn(phases.starting, { owner: 'a' });
    const { world, take } = await worldWith(before);
    await take();
    const late = transition(before, { type: 'started', at: 1, ok: true, reason: 'healthy' });
    await expect(world.store.save(late)).rejects.toMatchObject({ code: 'STATE_STALE' });
  });

  it('puts the split in force anew before it goes on with what it found', async () => {
    const { take } = await worldWith(aStateIn(phases.watching));
    const taken = await take();
    expect(nextCommand(taken)).toMatchObject({
      type: 'shift',
      route: { generation: 3, sequence: 0, slots: [{ weight: 95 }, { release: next.id, weight: 5 }] },
    });
    const claimed = transition(taken, { type: 'shifted', at: 5, since: 5 });
    expect(claimed.rollout?.phase).toEqual(phases.watching);
    expect(nextCommand(claimed)?.type).toBe('observe');
  });

  it('does what is to be done when that is to move traffic, once', async () => {
    const taken = await (await worldWith(aStateIn(phases.withdrawing))).take();
    expect(transition(taken, { type: 'shifted', at: 5, since: 5 }).rollout?.phase.name).toBe('clearing');
  });

  it('rejects when another one has saved since it read', async () => {
    const { world, take } = await worldWith(aState());
    const router = {
      ...world.router,
      async read() {
        await world.store.save(aState({ generation: 2, owner: 'c' }));
        return null;
      },
    };
    await expect(take('b', { router })).rejects.toMatchObject({ code: 'STATE_STALE' });
  });

  it('gives up on a router that does not answer', async () => {
    const { world, take } = await worldWith(aState());
    const router: Sources['router'] = {
      ...world.router,
      read: (_project, _environment, signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('left')))),
    };
    await expect(take('b', { router })).rejects.toMatchObject({ code: 'COMMAND_TIMEOUT' });
  });

  it('goes back when the instances of the release are gone', async () => {
    const taken = await (await worldWith(aStateIn(phases.watching), [first.id])).take();
    expect(taken.rollout?.phase).toMatchObject({ name: 'withdrawing', outcome: { cause: 'world' } });
  });
});

describe('a driver that takes over a rollout with a fresh baseline', () => {
  const plan = aPlan({ steps: aPlan().steps.map(withFreshBaseline) });
  const fresh: Workload = { ...workload(first.id), slot: 'baseline' };
  const found = async (phase: Phase, isThere: boolean) => {
    const { world, take } = await worldWith(aStateIn(phase, {}, plan));
    if (isThere) world.runtime.place(fresh);
    return { world, taken: await take() };
  };

  it('goes on when its instances are there', async () => {
    const { taken } = await found(phases.watching, true);
    expect(taken.rollout?.phase.name).toBe('watching');
  });

  it.each([phases.watching, phases.growing])('goes back when they are gone ($name)', async (phase) => {
    const { taken } = await found(phase, false);
    const reason = 'the instances of its fresh baseline were gone when the driver came back';
    expect(taken.rollout?.phase).toMatchObject({ name: 'withdrawing', outcome: { cause: 'world', reason } });
  });

  it.each([phases.shedding, { name: 'growing', step: 2 }, { name: 'shifting', step: 2 }] as const)(
    'misses nothing where it has no traffic any more: $name',
    async (phase) => {
      const { taken } = await found(phase, false);
      expect(taken.rollout?.phase).toEqual(phase);
    },
  );

  it('stops one that is left over at rest, and nothing of stable, which is of the same release', async () => {
    const { world } = await found(phases.over, true);
    expect(world.runtime.running()).toEqual([first.id]);
  });

  it('stops it where the state was lost, as soon as its traffic is with stable', async () => {
    const { world, take } = await worldWith(null);
    world.runtime.place(fresh);
    const slots: Route['slots'] = [
      { slot: 'stable', release: first.id, weight: 90 },
      { slot: 'baseline', release: first.id, weight: 5 },
      { slot: 'canary', release: next.id, weight: 5 },
    ];
    world.router.place({
      ...{ project: 'app', environment: 'production', host: '127.0.0.1', port: 4000, generation: 7, sequence: 3 },
      slots,
    });
    expect(await run(await take(), world.ports, quiet)).toMatchObject({ stable: first, rollout: null });
    expect(world.runtime.running()).toEqual([first.id]);
    expect(world.violations).toEqual([]);
  });

  it('stops it where a route names nothing but stable and it', async () => {
    const { world, take } = await worldWith(null, []);
    world.runtime.place(fresh);
    const slots: Route['slots'] = [
      { slot: 'stable', release: first.id, weight: 95 },
      { slot: 'baseline', release: first.id, weight: 5 },
    ];
    world.router.place({
      ...{ project: 'app', environment: 'production', host: '127.0.0.1', port: 4000, generation: 7, sequence: 3 },
      slots,
    });
    expect(await take()).toMatchObject({ stable: first, rollout: null });
    expect(world.runtime.running()).toEqual([first.id]);
  });
});

describe('a state that is older than the route in force', () => {
  const route = {
    ...{ project: 'app', environment: 'production', host: '127.0.0.1', port: 4000, generation: 7, sequence: 3 },
    slots: [{ slot: 'stable' as const, release: next.id, weight: 100 }],
  };

  it('was lost: what serves is live, and nothing else keeps its instances', async () => {
    const { world, take } = await worldWith(aState({ refused: [{ release: 'bad', reason: 'errors', at: 1 }] }));
    world.router.place(route);
    const taken = await take();
    expect(taken).toMatchObject({ generation: 9, stable: next, refused: [{ release: 'bad' }] });
    expect(world.runtime.running()).toEqual([next.id]);
    const held = world.router.history('app', 'production').at(-1)?.route;
    expect(held).toEqual({ ...route, generation: taken.generation, sequence: 0 }); // no older driver moves it any more
  });

  it('was lost also where its number is the greater one, and is replaced by a still greater one', async () => {
    const { world, take } = await worldWith(aState({ generation: 12 }));
    world.router.place(route); // of an older driver, while the newer one could not reach the router
    expect(await take()).toMatchObject({ generation: 14, stable: next });
  });

  it('of which two releases serve leaves one of them, and no instance of the other', async () => {
    const { world, take } = await worldWith(null);
    const slots = [
      { slot: 'stable' as const, release: first.id, weight: 95 },
      { slot: 'canary' as const, release: next.id, weight: 5 },
    ];
    world.router.place({ ...route, slots });
    const ended = await run(await take(), world.ports, quiet);
    expect(ended).toMatchObject({ stable: first, rollout: null });
    expect(world.router.history('app', 'production').at(-1)?.route.slots).toEqual([
      { slot: 'stable', release: first.id, weight: 100 },
    ]);
    expect(world.runtime.running()).toEqual([first.id]);
  });
});
