import { aPlan, aRelease } from './builders';
import { aWorld, deploy, resume } from './world';

const short = aPlan({ steps: aPlan().steps.slice(0, 1) });

describe('the simulated world', () => {
  it('tells the same story for the same seed', async () => {
    const tell = async (seed: number) => (await deploy(aWorld({ seed }), short)).state;
    const story = await tell(1);
    expect(await tell(1)).toEqual(story);
    expect(await tell(2)).not.toEqual(story);
  });

  it('says so when a rollout does not end', async () => {
    const world = aWorld();
    await expect(deploy(world, aPlan({ goal: 'canary' }), { within: 3_600_000 })).rejects.toThrow(
      'the rollout did not end in time',
    );
    expect(world.clock.waiting()).toBe(0);
  });

  it('rejects what the state refuses', async () => {
    await expect(deploy(aWorld(), aPlan({ release: aRelease('first') }))).rejects.toMatchObject({
      code: 'RELEASE_LIVE',
    });
  });

  it('notices traffic for a release that is not up, and weights that do not add up', async () => {
    const world = aWorld();
    const quiet = new AbortController().signal;
    const route = {
      project: 'app',
      environment: 'production',
      host: '127.0.0.1',
      port: 4000,
      generation: 9,
      sequence: 1,
    };
    const slots = [{ slot: 'stable' as const, release: aRelease('next').id, weight: 90 }];
    await world.router.apply({ ...route, slots }, quiet);
    expect(world.violations).toEqual([
      'weights add up to 90',
      `${aRelease('next').id} has no healthy instance for its 90 %`,
    ]);
  });

  it('has nothing to go on with where nothing was begun', async () => {
    const world = aWorld();
    const { state, audit, shares } = await resume(world);
    expect(state).toEqual(world.initial);
    expect([audit, shares]).toEqual([[], [0]]);
  });
});
