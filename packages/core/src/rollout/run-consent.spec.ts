import { aPlan, aRelease, aThreshold, aWorld, deploy, type World } from '../testing';
import type { Act } from './model';
import type { ApprovalRule, Plan } from './plan';

jest.setTimeout(60_000);

const minute = 60_000;
const next = aRelease('next').id;

/** A canary of a minute, two steps of production of a minute. */
const planWith = (over: Partial<Plan>): Plan =>
  aPlan({
    judge: aThreshold({ minRequests: 50 }),
    steps: [
      { stage: 'canary', traffic: 20, judged: true, minDuration: minute, maxDuration: 2 * minute },
      { stage: 'production', traffic: 50, judged: true, minDuration: minute, maxDuration: 2 * minute },
      { stage: 'production', traffic: 100, judged: false, minDuration: minute, maxDuration: minute },
    ],
    window: minute,
    ...over,
  });
const rule: ApprovalRule = { before: 'production', by: 2, from: null, ttl: 60 * minute };
const says = (world: World, after: number, act: (at: number) => Act) =>
  world.later(after, (at) => world.inbox.put(act(at)));
const agrees = (world: World, after: number, by: string) =>
  says(world, after, (at) => ({
    ...{ type: 'approve', at, by, before: 'production', release: next, reason: 'it was looked at' },
  }));
const frozen = (world: World, from: number, to: number) => {
  const start = world.clock.now();
  return { windows: [{ from: start + from, to: start + to, reason: 'holidays' }], knownUntil: start + 1e9 };
};
const timesOf = (world: World, routes: readonly { at: number }[]) => {
  const start = world.clock.now();
  return { start, minutes: () => routes.map(({ at }) => (at - start) / minute) };
};

describe('a canary that has passed', () => {
  it('holds its traffic until people agree, and goes on then', async () => {
    const world = aWorld();
    const { start } = timesOf(world, []);
    agrees(world, 10 * minute, 'erin');
    agrees(world, 20 * minute, 'frank');
    const ending = await deploy(world, planWith({ approvals: [rule] }));
    expect(ending.shares).toEqual([20, 50, 100, 100]);
    const [, , production] = ending.routes;
    expect((production?.at ?? 0) - start).toBeGreaterThanOrEqual(20 * minute);
    expect(ending.state.rollout).toMatchObject({ outcome: { result: 'done' } });
    expect(ending.audit.map(({ what, by }) => `${what} by ${by}`)).toEqual(
      expect.arrayContaining(['approve by erin', 'approve by frank']),
    );
  });

  it('is withdrawn by the hard gates while it waits', async () => {
    const world = aWorld();
    world.later(10 * minute, () => world.behaviours.set(next, { errorRate: 0.9 }));
    const ending = await deploy(world, planWith({ approvals: [rule] }));
    expect(ending.shares).toEqual([20, 0]);
    expect(ending.state.rollout?.outcome).toMatchObject({ result: 'rolled-back', cause: 'release' });
  });

  it('is taken back when somebody rejects it', async () => {
    const world = aWorld();
    says(world, 10 * minute, (at) => ({ type: 'reject', at, by: 'erin', release: next, reason: 'not today' }));
    const ending = await deploy(world, planWith({ approvals: [rule] }));
    expect(ending.shares).toEqual([20, 0]);
    expect(ending.state.rollout?.outcome).toMatchObject({
      result: 'rolled-back',
      reason: 'rejected by erin: not today',
    });
    expect(ending.state.refused).toEqual([]);
  });

  it('waits for a freeze to end, and so does each step of production', async () => {
    const world = aWorld();
    const { start } = timesOf(world, []);
    const windows = [frozen(world, minute / 2, 10 * minute), frozen(world, 10.5 * minute, 30 * minute)];
    const freeze = { windows: windows.flatMap((one) => one.windows), knownUntil: start + 1e9 };
    const ending = await deploy(world, planWith({ freeze }));
    expect(ending.shares).toEqual([20, 50, 100, 100]);
    const [, , half = 0, whole = 0] = ending.routes.map(({ at }) => (at - start) / minute);
    expect([half >= 10 && half < 10.5, whole >= 30 && whole < 31]).toEqual([true, true]);
  });

  it('goes back in a freeze as at any time', async () => {
    const world = aWorld();
    says(world, 5 * minute, (at) => ({ type: 'abort', at, by: 'erin', reason: 'the phones ring' }));
    const ending = await deploy(world, planWith({ freeze: frozen(world, minute / 2, 60 * minute) }));
    expect(ending.shares).toEqual([20, 0]);
    expect(ending.state.rollout?.outcome).toMatchObject({ reason: 'ended by erin: the phones ring' });
  });
});

describe('a rollout that is parked', () => {
  it('has no traffic and starts nothing until people agree', async () => {
    const world = aWorld({ keepStates: true });
    const { start } = timesOf(world, []);
    world.later(9 * minute, () => expect(world.runtime.running()).toEqual([aRelease('first').id]));
    says(world, 10 * minute, (at) => ({
      ...{ type: 'approve', at, by: 'dana', before: 'canary', release: next, reason: 'it was looked at' },
    }));
    const ending = await deploy(world, planWith({ approvals: [{ ...rule, before: 'canary', by: 1 }] }));
    expect(ending.shares).toEqual([20, 50, 100, 100]);
    expect((ending.routes[1]?.at ?? 0) - start).toBeGreaterThanOrEqual(10 * minute);
  });
});
