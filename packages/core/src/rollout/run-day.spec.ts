import { aConfig, aPlan, aRelease, aWorld, deploy } from '../testing';
import type { StateStore } from '../ports';
import { planDeploy } from './plan';

jest.setTimeout(60_000);

const hour = 3_600_000;

/** The defaults: a day at 5 %, two hours a step, with margins that chance does not reach. */
const config = aConfig({
  canary: {
    interval: '1m',
    method: 'threshold',
    threshold: {
      promote: { errors: { ratio: 1, absolute: 0.04 }, latency: { ratio: 1.5 } },
      rollback: { errors: { ratio: 1.5, absolute: 0.04 }, latency: { ratio: 2 } },
    },
  },
});
const { release, from, by, place, project } = aPlan();
const plan = planDeploy(config, 'production', 'production', { release, from, by, place, project });

describe('a canary of a day', () => {
  it('ends in production thirty hours later, with a state that did not grow and every request counted', async () => {
    const world = aWorld({ cell: 60_000 });
    const start = world.clock.now();
    let largest = 0;
    let atOneHour = 0;
    const store: StateStore = {
      ...world.store,
      save(state) {
        largest = Math.max(largest, JSON.stringify(state).length);
        return world.store.save(state);
      },
    };
    world.later(hour, () => (atOneHour = largest));
    const ending = await deploy(world, plan, { ports: { ...world.ports, store } });

    expect(ending.shares).toEqual([5, 10, 50, 100, 100]);
    expect(ending.state.stable).toEqual(aRelease('next'));
    expect(world.clock.now() - start).toBeGreaterThan(30 * hour);
    expect(world.store.saves()).toBeGreaterThan(1_800);
    expect(atOneHour).toBeGreaterThan(0);
    expect(largest).toBeLessThan(64 * 1024);
    expect(largest).toBeLessThan(5 * atOneHour); // four steps have their evidence, and no more
    expect(ending.audit.length).toBeLessThan(20);

    const [canary] = ending.state.rollout?.steps ?? [];
    const seen = canary?.slots.reduce((sum, { requests }) => sum + requests, 0) ?? 0;
    expect(seen / (200 * 24 * 3600)).toBeCloseTo(1, 2); // each request once
    expect(canary?.finding).toBeNull();
    expect(world.clock.waiting()).toBe(0);
  });
});
