import { aPlan, aRelease, aState, aStateIn, aWorld, phases, withFaults, type Fault, type PortCall } from '../testing';
import { execute } from './execute';
import type { Runtime } from '../ports';
import type { Phase } from './model';
import { nextCommand, workloadOf } from './next';

const plan = aPlan({ synthetic: { rate: 10, requests: [{ path: '/', method: 'GET', headers: {} }] } });

/** Carries out the command of a phase in a world where the new release is up. */
async function carryOut(phase: Phase, faultOf: (call: PortCall) => Fault | null = () => null) {
  const world = aWorld({ cell: 1000 });
  world.runtime.place({ project: 'app', environment: 'production', release: plan.release.id });
  const start = world.clock.now();
  const moved = phase.name === 'watching' ? { ...phase, observedTo: start, observedAt: start } : phase;
  const state = aStateIn(moved, { previous: { release: aRelease('older'), warmUntil: 1 } }, plan);
  const command = nextCommand(state);
  if (!command) throw new Error('the phase has no command');
  const stop = new AbortController();
  const ports = withFaults(world.ports, faultOf);
  return { world, start, stop, event: execute(command, state, ports, stop.signal) };
}

const on = (method: string, fault: Fault) => (call: PortCall) => (call.method === method ? fault : null);

describe('a command', () => {
  it.each<[Phase['name'], object]>([
    ['proving', { type: 'proved', ok: true }],
    ['starting', { type: 'started', ok: true }],
    ['trying', { type: 'tried', checks: [] }],
    ['shifting', { type: 'shifted' }],
    ['verifying', { type: 'verified' }],
    ['publishing', { type: 'published' }],
    ['clearing', { type: 'stopped' }],
    ['cooling', { type: 'elapsed' }],
    ['retiring', { type: 'stopped' }],
    ['lowering', { type: 'shifted' }],
    ['dismantling', { type: 'stopped' }],
  ])('of a rollout that is %s gives its answer', async (name, expected) => {
    const { event, world } = await carryOut(phases[name]);
    expect(await event).toMatchObject(expected);
    expect(world.clock.waiting()).toBe(0);
  });

  it('that observes waits for its time, then measures and looks at the health of release and services', async () => {
    const { event, world, start } = await carryOut(phases.watching);
    const observed = await event;
    expect(observed).toMatchObject({ type: 'observed', at: start + plan.judge.interval });
    expect(observed.type === 'observed' ? observed.interval : null).toMatchObject({
      from: start,
      to: world.clock.now(),
    });
    expect(observed.type === 'observed' ? observed.health.map(({ name }) => name) : []).toEqual([plan.release.id]);
  });

  it('asks a new release itself when nothing sends traffic to it yet, and the router once it is live', async () => {
    const calls = async (name: 'trying' | 'verifying') => {
      const { event, world } = await carryOut(phases[name]);
      await event;
      return world.verifier.calls;
    };
    expect(await calls('trying')).toEqual(['instance: ']);
    expect(await calls('verifying')).toEqual(['router: health, services, smoke, window']);
  });

  it.each<[Phase['name'], number]>([
    ['starting', 0],
    ['shifting', 0],
    ['watching', 10],
    ['verifying', 10],
    ['clearing', 0],
  ])('keeps synthetic traffic while it watches only: %s', async (name, rate) => {
    const { event, world, start } = await carryOut(phases[name]);
    await event;
    expect(world.synthetic.rateAt(start)).toBe(rate);
  });

  it('needs a rollout', async () => {
    const world = aWorld();
    const command = { type: 'wait', until: 0 } as const;
    await expect(execute(command, aState(), world.ports, new AbortController().signal)).rejects.toThrow(RangeError);
  });
});

describe('a port that fails', () => {
  const error = new Error('the socket closed');

  it.each<[Phase['name'], string]>([
    ['proving', 'prove'],
    ['starting', 'start'],
    ['trying', 'verify'],
    ['shifting', 'apply'],
    ['watching', 'health'],
    ['verifying', 'verify'],
    ['publishing', 'publish'],
    ['clearing', 'stop'],
  ])('is an event, not an exception: %s, %s', async (name, method) => {
    const { event, world } = await carryOut(phases[name], on(method, { type: 'reject', error }));
    expect(await event).toMatchObject({ type: 'failed', problem: { code: 'INTERNAL' } });
    expect(world.clock.waiting()).toBe(0);
  });

  it.each(['starting', 'shifting', 'watching', 'clearing'] as const)(
    'by giving no answer is told to stop after a quarter of an hour: %s',
    async (name) => {
      const { event, world, start } = await carryOut(phases[name], (call) =>
        call.port === 'clock' ? null : { type: 'hang' },
      );
      expect(await event).toMatchObject({ type: 'failed', problem: { code: 'COMMAND_TIMEOUT' } });
      expect(world.clock.now() - start).toBeLessThanOrEqual(15 * 60_000 + plan.judge.interval);
      expect(world.clock.waiting()).toBe(0);
    },
  );

  it.each<[string, Fault, string]>([
    ['fails', { type: 'reject', error }, 'INTERNAL'],
    ['gives no answer', { type: 'hang' }, 'COMMAND_TIMEOUT'],
  ])('and measures does not hide how the release is: one that %s', async (_, fault, code) => {
    const { event, world, start } = await carryOut(phases.watching, on('measure', fault));
    expect(await event).toMatchObject({
      type: 'observed',
      interval: { from: start, to: start, slots: [] },
      missing: { code },
      health: [{ name: plan.release.id, healthy: 1 }],
    });
    expect(world.clock.waiting()).toBe(0);
  });

  it('is not asked again before its time has come', async () => {
    const world = aWorld();
    const state = aStateIn(phases.starting, {}, plan);
    const retryAt = world.clock.now() + 8_000;
    const { rollout } = state;
    if (!rollout) throw new Error('no rollout');
    const waiting = { ...state, rollout: { ...rollout, failures: { count: 5, problem: null, retryAt } } };
    const command = nextCommand(waiting);
    if (!command) throw new Error('no command');
    const event = await execute(command, waiting, world.ports, new AbortController().signal);
    expect(event).toMatchObject({ type: 'started', at: retryAt + 2_000 });
  });
});

describe('a command that is broken off', () => {
  it.each(Object.values(phases).filter(({ name }) => name !== 'over'))(
    'rejects with the reason: $name',
    async (phase) => {
      const later = phase.name === 'cooling' ? { ...phase, until: aWorld().clock.now() + 60_000 } : phase;
      const { event, stop, world } = await carryOut(later, (call) => (call.port === 'clock' ? null : { type: 'hang' }));
      const reason = new Error('an act came first');
      stop.abort(reason);
      await expect(event).rejects.toBe(reason);
      expect(world.clock.waiting()).toBe(0);
    },
  );

  /** Starts `next` by a runtime that takes so long to stop when it is told to, and then gives a reason of its own. */
  function startSlowly(msToStop: number) {
    const world = aWorld();
    const stop = new AbortController();
    let isStopped = false;
    const start: Runtime['start'] = async (_, signal) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      if (msToStop > 0) await world.clock.sleepUntil(world.clock.now() + msToStop, new AbortController().signal);
      isStopped = true;
      throw new Error('my own reason');
    };
    const ports = { ...world.ports, runtime: { ...world.runtime, start } };
    const state = aStateIn(phases.starting, {}, plan);
    const command = { type: 'start', workload: workloadOf(state, plan.release) } as const;
    return { world, stop, event: execute(command, state, ports, stop.signal), isStopped: () => isStopped };
  }

  it('rejects with the reason of the abort even when a port rejects with its own', async () => {
    const { event, stop } = startSlowly(0);
    const reason = new Error('an act came first');
    await Promise.resolve();
    stop.abort(reason);
    await expect(event).rejects.toBe(reason);
  });

  it('waits until the port has stopped, but not for ever', async () => {
    for (const [ms, isStopped] of [
      [3_000, true],
      [60_000, false],
    ] as const) {
      const slow = startSlowly(ms);
      await Promise.resolve();
      slow.stop.abort(new Error('an act came first'));
      await expect(slow.event).rejects.toThrow('an act came first');
      expect(slow.isStopped()).toBe(isStopped);
    }
  });

  it('is not begun at all when it was broken off before', async () => {
    const world = aWorld();
    const state = aStateIn(phases.starting, {}, plan);
    const command = nextCommand(state);
    if (!command) throw new Error('no command');
    await expect(execute(command, state, world.ports, AbortSignal.abort(new Error('before')))).rejects.toThrow(
      'before',
    );
    expect(world.runtime.running()).toEqual([aRelease('first').id]);
  });
});
