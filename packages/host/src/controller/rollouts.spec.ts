import type { EnvironmentState, Plan, ReleaseStore } from '@sluice/core';
import { isSettled, noFreeze, sluiceError } from '@sluice/core';
import {
  aConfigInput,
  aManifest,
  aPlan,
  aRelease,
  aState,
  aStateIn,
  aWorld,
  eventually,
  phases,
} from '@sluice/core/testing';
import type { DeployRequest } from '../protocol';
import { createDriver } from './driver';
import { createRollouts } from './rollouts';

const names = ['first', 'next', 'other'];
const releases: ReleaseStore = {
  async read(_, id) {
    const name = names.find((known) => aRelease(known).id === id);
    return name ? { manifest: aManifest(name), folder: '/releases' } : null;
  },
  verify: async () => ({ ok: true, reason: 'whole' }),
  list: async () => names.map((name) => aManifest(name)),
};
const quick = {
  canary: {
    ...{ method: 'threshold' as const, duration: '10m' },
    threshold: { minRequests: 500, promote: { errors: { absolute: 0.02 }, latency: { ratio: 1.25 } } },
  },
  production: { stepDuration: '10m' },
};
const who = { project: 'app', environment: 'production', by: 'dana' } as const;
const request = (name: string, changes: Partial<DeployRequest> = {}): DeployRequest => ({
  ...{ ...who, release: aRelease(name), goal: 'production' },
  config: { text: JSON.stringify(aConfigInput(quick)), file: 'sluice.json', configuration: null },
  place: { checkout: '/a', worktree: '/a/w', projectRoot: 'web' },
  ...changes,
});

function bench(from?: EnvironmentState, readAudit: () => Promise<unknown> = async () => []) {
  const world = aWorld();
  const driver = createDriver(from ?? world.initial, world.ports, () => undefined);
  const rollouts = createRollouts(
    async () => driver,
    releases,
    world.clock,
    readAudit,
    async () => noFreeze,
  );
  const settled = () => eventually('the rollout is settled', () => isSettled(driver.state()));
  /** Does something a while after now, while the rollout goes on. */
  const later = <T>(what: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => world.later(60_000, () => void what().then(resolve, reject)));
  return { world, driver, rollouts, settled, later };
}

describe('a request to deploy', () => {
  it('starts a rollout as the given configuration says', async () => {
    const { rollouts, driver, settled } = bench();
    expect(await rollouts.deploy(request('next'))).toEqual({ how: 'started' });
    expect(driver.state().rollout?.plan).toMatchObject({
      ...{ kind: 'deploy', by: 'dana', goal: 'production', release: aRelease('next'), from: aRelease('first') },
      place: { projectRoot: 'web' },
    });
    await settled();
    expect(driver.state().stable).toEqual(aRelease('next'));
  });

  it('attaches to the rollout of the same release that is under way', async () => {
    const { rollouts, driver, later } = bench();
    await rollouts.deploy(request('next'));
    expect(await later(() => rollouts.deploy(request('next')))).toEqual({ how: 'attached' });
    expect(driver.state().generation).toBe(2);
  });

  it('starts one rollout of two that are asked for at the same time, and attaches the other', async () => {
    const { rollouts, driver } = bench();
    const answers = await Promise.all([rollouts.deploy(request('next')), rollouts.deploy(request('next'))]);
    expect(answers.map(({ how }) => how)).toEqual(['started', 'attached']);
    expect(driver.state().generation).toBe(2);
  });

  it('takes a canary that waits on to production', async () => {
    const { rollouts, driver, settled } = bench();
    await rollouts.deploy(request('next', { goal: 'canary' }));
    await eventually('the canary waits', () => {
      const phase = driver.state().rollout?.phase;
      return phase?.name === 'watching' && phase.waiting === 'goal';
    });
    expect(await rollouts.deploy(request('next', { goal: 'canary' }))).toEqual({ how: 'attached' });
    expect(driver.state().rollout?.plan.goal).toBe('canary');
    expect(await rollouts.deploy(request('next'))).toEqual({ how: 'attached' });
    expect(driver.state().rollout?.plan.goal).toBe('production');
    await settled();
    expect(driver.state().stable).toEqual(aRelease('next'));
  });

  it('has nothing to do for a release that is live', async () => {
    const { rollouts, world } = bench();
    expect(await rollouts.deploy(request('first'))).toEqual({ how: 'live' });
    expect(world.store.saves()).toBe(0);
  });

  it('is refused before it begins while the audit log is broken', async () => {
    const broken = sluiceError('AUDIT_CORRUPT', { file: 'audit.jsonl', line: 3, problem: 'it is not JSON' });
    const { rollouts, driver, world } = bench(undefined, () => Promise.reject(broken));
    await expect(rollouts.deploy(request('next'))).rejects.toMatchObject({ code: 'AUDIT_CORRUPT' });
    expect([driver.state(), world.store.saves()]).toEqual([world.initial, 0]);
  });

  it('is refused while another release is under way, with who and since when', async () => {
    const { rollouts, later } = bench();
    await rollouts.deploy(request('next'));
    await expect(later(() => rollouts.deploy(request('other')))).rejects.toMatchObject({
      code: 'ROLLOUT_IN_PROGRESS',
      message: expect.stringContaining('started by dana at') as unknown,
    });
  });

  it('is refused for a release that was rolled back, until that is permitted', async () => {
    const { world } = bench();
    const refused = [{ release: aRelease('next').id, reason: 'twice the errors', at: 0 }];
    const { rollouts, driver } = bench({ ...world.initial, refused });
    await expect(rollouts.deploy(request('next'))).rejects.toMatchObject({ code: 'RELEASE_REFUSED' });
    const permit = { ...who, release: aRelease('next').id, reason: 'mended' };
    expect(await rollouts.permit(permit)).toEqual({ how: 'done' });
    expect(driver.state().refused).toEqual([]);
    await expect(rollouts.permit(permit)).rejects.toMatchObject({ code: 'RELEASE_NOT_REFUSED' });
    expect(await rollouts.deploy(request('next'))).toEqual({ how: 'started' });
  });

  describe('that goes on with the rollout of a canary', () => {
    const goesOn = request('next', { continues: 2 });

    it('is refused after a person has ended that rollout, with who and why; a run of the whole is not', async () => {
      const { rollouts, driver, settled, later } = bench();
      await rollouts.deploy(request('next', { goal: 'canary' }));
      await later(() => rollouts.rollBack({ ...who, to: null, reason: 'it is slow' }));
      await settled();
      await expect(rollouts.deploy(goesOn)).rejects.toMatchObject({
        code: 'ROLLOUT_ENDED',
        message: expect.stringContaining('ended by dana: it is slow') as string,
        remedy: expect.stringContaining('nx run app:deploy-prod:next') as string,
      });
      expect(driver.state().generation).toBe(2);
      expect(await rollouts.deploy(request('next'))).toEqual({ how: 'started' });
    });

    it('is refused after a person went back from what it had made live', async () => {
      const { rollouts, settled } = bench();
      await rollouts.deploy(request('next'));
      await settled();
      expect(await rollouts.deploy(goesOn)).toEqual({ how: 'live' });
      await rollouts.rollBack({ ...who, to: null, reason: 'it is slow', by: 'alice' });
      await settled();
      await expect(rollouts.deploy(goesOn)).rejects.toMatchObject({
        code: 'ROLLOUT_ENDED',
        message: expect.stringContaining('alice took production to first') as string,
      });
    });

    it('attaches while that is under way, and begins where the state was lost', async () => {
      const { rollouts, later } = bench();
      await rollouts.deploy(request('next', { goal: 'canary' }));
      expect(await later(() => rollouts.deploy(goesOn))).toEqual({ how: 'attached' });
      expect(await bench().rollouts.deploy(goesOn)).toEqual({ how: 'started' });
    });
  });

  it.each<[string, Partial<DeployRequest>, string]>([
    [
      'a configuration with problems',
      { config: { text: '{"a":1}', file: 'f', configuration: null } },
      'CONFIG_INVALID',
    ],
    ['an unknown variant', { config: { ...request('next').config, configuration: 'x' } }, 'CONFIGURATION_UNKNOWN'],
    ['a release that is not on this machine', { release: aRelease('gone') }, 'RELEASE_UNKNOWN'],
  ])('is refused for %s, and leaves nothing behind', async (_, changes, code) => {
    const { rollouts, driver, world } = bench();
    await expect(rollouts.deploy(request('next', changes))).rejects.toMatchObject({ code });
    expect([driver.state(), world.store.saves()]).toEqual([world.initial, 0]);
  });
});

describe('a request to roll back', () => {
  const back = { ...who, to: null, reason: 'it is slow' };
  const deployed = (changes: Partial<EnvironmentState> = {}, plan: Plan = aPlan()) =>
    aStateIn(phases.over, {
      stable: plan.release,
      previous: { release: aRelease('first'), warmUntil: null },
      ...changes,
    });

  it('ends the rollout that is under way', async () => {
    const { rollouts, driver, settled, later } = bench();
    await rollouts.deploy(request('next'));
    expect(await later(() => rollouts.rollBack(back))).toEqual({ how: 'ending' });
    await settled();
    expect(driver.state()).toMatchObject({
      stable: aRelease('first'),
      rollout: { outcome: { result: 'rolled-back', cause: 'person', reason: 'ended by dana: it is slow' } },
    });
  });

  it('lets one that is on its way back already go on', async () => {
    const { rollouts, driver } = bench(aStateIn(phases.withdrawing));
    expect(await rollouts.rollBack(back)).toEqual({ how: 'ending' });
    expect(driver.state()).toEqual(aStateIn(phases.withdrawing));
  });

  it('goes back to the release before', async () => {
    const { rollouts, driver, settled } = bench(deployed());
    expect(await rollouts.rollBack(back)).toEqual({ how: 'started' });
    await settled();
    expect(driver.state()).toMatchObject({ stable: aRelease('first'), rollout: { plan: { kind: 'rollback' } } });
  });

  it('goes to the release that is named', async () => {
    const { rollouts, driver, settled } = bench(deployed());
    expect(await rollouts.rollBack({ ...back, to: aRelease('other').id })).toEqual({ how: 'started' });
    await settled();
    expect(driver.state().stable).toEqual(aRelease('other'));
  });

  it('ends the rollout that is under way when the stable release is named', async () => {
    const { rollouts, driver, settled, later } = bench();
    await rollouts.deploy(request('next'));
    expect(await later(() => rollouts.rollBack({ ...back, to: aRelease('first').id }))).toEqual({ how: 'ending' });
    await settled();
    expect(driver.state()).toMatchObject({ stable: aRelease('first'), rollout: { outcome: { cause: 'person' } } });
  });

  it('has nothing to do for the release that is live', async () => {
    const { rollouts } = bench(deployed());
    expect(await rollouts.rollBack({ ...back, to: aRelease('next').id })).toEqual({ how: 'live' });
  });

  it.each<[string, EnvironmentState | undefined, string | null, string]>([
    ['nothing was ever deployed', aState({ stable: null }), null, 'NO_WAY_BACK'],
    ['the state was lost', aState(), null, 'STATE_LOST'],
    ['the state was lost', aState(), aRelease('other').id, 'STATE_LOST'],
    ['there is no release before', deployed({ previous: null }), null, 'NO_WAY_BACK'],
    ['the release is unknown', deployed(), 'nothing', 'RELEASE_UNKNOWN'],
    ['another rollout is under way', aStateIn(phases.starting), aRelease('other').id, 'ROLLOUT_IN_PROGRESS'],
  ])('is refused when %s', async (_, state, to, code) => {
    const { rollouts } = bench(state);
    await expect(rollouts.rollBack({ ...back, to })).rejects.toMatchObject({ code });
  });
});

describe('a request to take an environment down', () => {
  it('ends its traffic and its instances', async () => {
    const { rollouts, driver, world } = bench();
    await rollouts.deploy(request('next'));
    await eventually('it is live', () => isSettled(driver.state()));
    expect(await rollouts.takeDown(who)).toEqual({ how: 'ending' });
    await eventually('it is down', () => driver.state().rollout?.phase.name === 'over');
    expect(driver.state().stable).toBeNull();
    expect(world.runtime.running()).toEqual([]);
    expect(world.router.history('app', 'production').at(-1)?.route.slots).toEqual([]);
  });

  it('ends what serves although its state was lost', async () => {
    const { rollouts, driver, world } = bench(aState());
    expect(await rollouts.takeDown(who)).toEqual({ how: 'ending' });
    await eventually('it is down', () => driver.state().rollout === null);
    expect(driver.state().stable).toBeNull();
    expect(world.runtime.running()).toEqual([]);
    expect(world.router.history('app', 'production').at(-1)?.route.slots).toEqual([]);
  });

  it('has nothing to do where nothing was ever deployed, and is refused in the middle of a rollout', async () => {
    expect(await bench(aState({ stable: null })).rollouts.takeDown(who)).toEqual({ how: 'done' });
    const { rollouts } = bench(aStateIn(phases.starting));
    await expect(rollouts.takeDown(who)).rejects.toMatchObject({ code: 'ROLLOUT_IN_PROGRESS' });
  });
});
