import { aPlan, aRelease, aThreshold, aWorld, deploy, resume, withFaults, type Ending, type World } from '../testing';
import type { Runtime } from '../ports';
import type { Phase } from './model';
import { transition } from './transition';

jest.setTimeout(60_000);

const minute = 60_000;
const hour = 60 * minute;
const abort = (world: World) => (at: number) =>
  world.inbox.put({ type: 'abort', at, by: 'dana', reason: 'the phones ring' });
const outcomeOf = ({ state }: Ending) => state.rollout?.outcome;

/** Two steps of half a minute and a window of a minute. */
const shortPlan = aPlan({
  judge: aThreshold({ minRequests: 50 }),
  steps: [
    { stage: 'canary', traffic: 20, judged: true, minDuration: 30_000, maxDuration: 60_000 },
    { stage: 'production', traffic: 100, judged: false, minDuration: 30_000, maxDuration: 30_000 },
  ],
  window: minute,
});

describe('a person who aborts', () => {
  it('in the middle of the canary gets the traffic back at once', async () => {
    const world = aWorld();
    const start = world.clock.now();
    world.later(5 * minute, abort(world));
    const ending = await deploy(world, aPlan());
    expect(ending.shares).toEqual([5, 0]);
    expect(ending.routes.at(-1)?.at).toBe(start + 5 * minute);
    expect(outcomeOf(ending)).toMatchObject({
      result: 'rolled-back',
      reason: 'ended by dana: the phones ring',
      cause: 'person',
    });
    expect(ending.state.refused).toEqual([]);
    expect(world.runtime.running()).toEqual([aRelease('first').id]);
  });

  it('while the release still starts ends that start', async () => {
    const world = aWorld({ behaviour: { next: { startTime: 10 * minute } } });
    const start = world.clock.now();
    world.later(minute, abort(world));
    const ending = await deploy(world, aPlan());
    expect(ending.shares).toEqual([]);
    expect(outcomeOf(ending)).toMatchObject({ result: 'rolled-back', cause: 'person', at: start + minute });
    expect(world.runtime.running()).toEqual([aRelease('first').id]);
  });

  it('does not have the release stopped before the start that was broken off has ended', async () => {
    const world = aWorld();
    const calls: string[] = [];
    const runtime: Runtime = {
      ...world.runtime,
      async start(_, signal) {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
        await world.clock.sleepUntil(world.clock.now() + 1_000, new AbortController().signal);
        calls.push('start has ended');
        throw signal.reason;
      },
      async stop(workload, signal) {
        calls.push('stop begins');
        await world.runtime.stop(workload, signal);
      },
    };
    world.later(minute, abort(world));
    await deploy(world, aPlan(), { ports: { ...world.ports, runtime } });
    expect(calls).toEqual(['start has ended', 'stop begins']);
  });

  it('at any call of any port is heard, and nothing is left behind', async () => {
    const ended: Phase['name'][] = ['settling', 'publishing', 'cooling', 'retiring', 'over'];
    const calls = await countCalls(shortPlan);
    expect(calls).toBeGreaterThan(50);
    for (let number = 1; number <= calls; number++) {
      const world = aWorld({ keepStates: true });
      const seen: Phase['name'][] = [];
      const ports = withFaults(world.ports, (call) => {
        if (call.number !== number) return null;
        seen.push(world.sink.states().at(-1)?.rollout?.phase.name ?? 'starting');
        abort(world)(world.clock.now());
        return null;
      });
      const { audit } = await deploy(world, shortPlan, { ports });
      const [phase = 'over'] = seen;
      const wasHeard = audit.some(({ what }) => what === 'abort');
      // an answer that comes at the same moment may be first: then the verification is over when the act is taken
      if (phase !== 'verifying') expect([number, wasHeard]).toEqual([number, !ended.includes(phase)]);
      // what comes when the run is all but over is left for whoever started it
      expect(world.inbox.waiting()).toBe(phase === 'retiring' && world.inbox.waiting() === 1 ? 1 : 0);
      expect([world.clock.waiting(), world.violations]).toEqual([0, []]);
    }
  });
});

describe('a step that is held without a conclusion', () => {
  const promote =
    (world: World, reason = 'the shop is closed') =>
    (at: number) =>
      world.inbox.put({ type: 'promote', at, by: 'robin', reason });
  const quiet = () => aWorld({ cell: 10_000, requestsPerSecond: 0.5 });

  it('goes on when somebody says so, and its record names who and why', async () => {
    const world = quiet();
    for (const after of [hour, 2 * hour, 3 * hour]) world.later(after, promote(world));
    const { state, shares, audit } = await deploy(world, aPlan());
    expect(shares).toEqual([5, 10, 50, 100, 100]);
    expect(state.rollout?.outcome?.result).toBe('done');
    expect(state.rollout?.steps[0]).toMatchObject({
      promotedBy: 'robin: the shop is closed',
      gate: { verdict: 'inconclusive' },
    });
    expect(state.rollout?.steps[0]?.gate?.reasons[0]).toBe('let through by robin: the shop is closed');
    expect(audit.slice(2, 6).map(({ what, by, detail }) => [what, by, detail.split(':')[0]])).toEqual([
      ['gate', 'sluice', 'held until a person decides'],
      ['promote', 'robin', 'the shop is closed'],
      ['gate', 'sluice', 'goes on'],
      ['traffic', 'sluice', expect.stringContaining('10 %')],
    ]);
  });

  it('waits for deploy-prod after that when it was to come no further', async () => {
    const world = quiet();
    world.later(hour, promote(world));
    world.later(2 * hour, abort(world));
    const { audit } = await deploy(world, aPlan({ goal: 'canary' }));
    expect(audit.map(({ what }) => what)).toEqual([
      'deploy',
      'traffic',
      'gate',
      'promote',
      'gate',
      'abort',
      'withdraw',
      'rolled-back',
    ]);
    expect(audit[4]?.detail).toMatch(/^waits for deploy-prod: let through by robin/);
  });

  it('is not let through before it is held', async () => {
    const world = quiet();
    world.later(minute, promote(world));
    world.later(2 * hour, abort(world));
    const { audit } = await deploy(world, aPlan());
    expect(audit.map(({ what }) => what)).not.toContain('promote');
  });

  it('has its time once more, as often as needed, where it is to be extended', async () => {
    const world = quiet();
    world.later(2 * hour, abort(world));
    const { audit } = await deploy(world, aPlan({ onInconclusive: 'extend' }));
    const extended = audit.filter(({ detail }) => detail.startsWith('extended: no conclusion within 20m'));
    expect(extended).toHaveLength(5);
  });

  it('goes on by itself where that is configured, unless nothing was heard of it', async () => {
    const { state } = await deploy(quiet(), aPlan({ onInconclusive: 'promote' }));
    expect(state.rollout?.outcome?.result).toBe('done');
    expect(state.rollout?.steps[0]?.promotedBy).toBe('canary.onInconclusive');
    const silent = aWorld({ cell: 10_000, requestsPerSecond: 0 });
    silent.later(2 * hour, abort(silent));
    const { audit } = await deploy(silent, aPlan({ onInconclusive: 'promote' }));
    expect(audit[2]?.detail).toMatch(/^held until a person decides/);
  });
});

describe('a canary that is to come no further', () => {
  const toCanary = aPlan({ goal: 'canary' });

  it('waits, and goes on when somebody wants it in production', async () => {
    const world = aWorld({ keepStates: true, cell: 10_000 });
    const start = world.clock.now();
    world.later(2 * hour, (at) => world.inbox.put({ type: 'goal', at, goal: 'production', by: 'robin' }));
    const ending = await deploy(world, toCanary);
    expect(ending.shares).toEqual([5, 10, 50, 100, 100]);
    const [, , second] = ending.routes;
    expect(second?.at).toBeGreaterThanOrEqual(start + 2 * hour);
    expect(second?.at).toBeLessThanOrEqual(start + 2 * hour + minute);
    const waiting = world.sink
      .states()
      .filter(({ rollout }) => rollout?.phase.name === 'watching' && rollout.phase.waiting === 'goal');
    expect(waiting.length).toBeGreaterThan(100);
    expect(waiting.every(({ rollout }) => rollout?.steps[0]?.until === null)).toBe(true);
  });

  it('says once that it waits', async () => {
    const world = aWorld({ cell: 10_000 });
    world.later(hour, abort(world));
    const { audit } = await deploy(world, toCanary);
    expect(audit.map(({ what }) => what)).toEqual(['deploy', 'traffic', 'gate', 'abort', 'withdraw', 'rolled-back']);
    expect(audit[2]?.detail).toMatch(/^passed, waiting for deploy-prod/);
  });

  it('goes back while it waits when the release gets worse', async () => {
    const world = aWorld({ cell: 10_000 });
    world.later(hour, () => world.behaviours.set(aRelease('next').id, { errorRate: 0.12 }));
    const ending = await deploy(world, toCanary);
    expect(ending.shares).toEqual([5, 0]);
    expect(outcomeOf(ending)).toMatchObject({ cause: 'release' });
  });
});

describe('the next rollout', () => {
  const [first, next, third] = [aRelease('first'), aRelease('next'), aRelease('third')];

  it('may begin while the old release is still warm: that one is stopped first', async () => {
    const world = aWorld();
    const begin = (at: number) => world.inbox.put({ type: 'begin', at, plan: aPlan({ release: third, from: next }) });
    world.later(45 * minute, begin);
    const ending = await deploy(world, aPlan());
    expect(ending.state).toMatchObject({ stable: third, previous: { release: next, warmUntil: null } });
    expect(ending.shares).toEqual([5, 10, 50, 100, 100]);
    expect(ending.audit.map(({ what }) => what).filter((what) => what === 'done')).toHaveLength(2);
    expect(world.runtime.running()).toEqual([third.id]);
    expect(world.violations).toEqual([]);
  });

  it('may be back to the warm release, which is then not stopped in between', async () => {
    const world = aWorld();
    const back = aPlan({
      kind: 'rollback',
      release: first,
      from: next,
      steps: aPlan().steps.slice(-1),
      verify: ['health'],
    });
    world.later(45 * minute, (at) => world.inbox.put({ type: 'begin', at, plan: back }));
    const ending = await deploy(world, aPlan());
    expect(ending.state).toMatchObject({ stable: first, previous: { release: next } });
    const settled = ending.audit.find(({ what }) => what === 'rollback')?.at ?? 0;
    const old = { project: 'app', environment: 'production', release: first.id };
    for (let ms = 0; ms < minute; ms += 1000) expect(world.runtime.isUp(old, settled + ms)).toBe(true);
  });

  it('that fails leaves the warm release its time, and then stops it', async () => {
    const world = aWorld();
    await deploy(world, aPlan());
    world.behaviours.set(next.id, { damage: 'gone' });
    const again = aPlan({ release: first, from: next });
    const ending = await deploy(world, again);
    expect(outcomeOf(ending)).toMatchObject({ result: 'failed' });
    expect(world.runtime.running()).toEqual([next.id]);
  });

  it('takes the environment down on request, and up again', async () => {
    const world = aWorld();
    await deploy(world, shortPlan);
    const ending = await takeDown(world);
    expect(ending.routes.at(-1)?.route.slots).toEqual([]);
    expect(world.runtime.running()).toEqual([]);
    const again = await deploy(world, aPlan({ release: third, from: null }));
    expect(again.state.stable).toEqual(third);
  });
});

/** How many calls of ports a rollout makes that nobody disturbs. */
async function countCalls(plan: typeof shortPlan): Promise<number> {
  const world = aWorld();
  let calls = 0;
  const ports = withFaults(world.ports, ({ number }) => {
    calls = number;
    return null;
  });
  await deploy(world, plan, { ports });
  return calls;
}

async function takeDown(world: World): Promise<Ending> {
  const { store, clock } = world;
  const state = await store.load('app', 'production');
  if (!state) throw new Error('nothing was saved');
  await store.save(transition(state, { type: 'down', at: clock.now(), by: 'dana' }));
  return resume(world);
}
