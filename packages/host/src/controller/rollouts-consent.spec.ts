import { isSettled, noFreeze, type Config, type Freeze, type ReleaseStore } from '@sluice/core';
import { aConfigInput, aManifest, aRelease, aWorld, eventually } from '@sluice/core/testing';
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

const holidays: Freeze = { windows: [{ from: 0, to: 8e15, reason: 'holidays' }], knownUntil: 8e15 };
const freezeOf = async ({ freeze }: Config): Promise<Freeze> => (freeze.length ? holidays : noFreeze);

function bench() {
  const world = aWorld();
  const driver = createDriver(world.initial, world.ports, () => undefined);
  const rollouts = createRollouts(
    async () => driver,
    releases,
    world.clock,
    async () => [],
    freezeOf,
  );
  const settled = () => eventually('the rollout is settled', () => isSettled(driver.state()));
  return { world, driver, rollouts, settled };
}

describe('a rollout that waits for people or the end of a freeze', () => {
  const settings = { ...quick, approvals: [{ before: 'canary' as const, by: 2 }] };
  const asking = request('next', {
    config: { text: JSON.stringify(aConfigInput(settings)), file: 'sluice.json', configuration: null },
  });
  const frozen = request('next', {
    config: {
      text: JSON.stringify(aConfigInput({ ...quick, freeze: [{ cron: '0 0 * * *', for: '1h', reason: 'nights' }] })),
      ...{ file: 'sluice.json', configuration: null },
    },
  });
  const word = { ...who, before: 'canary', release: aRelease('next').id, reason: 'it was looked at' } as const;

  it('begins when enough of them agree; who started it does not count, nor anybody twice', async () => {
    const { rollouts, driver, settled } = bench();
    expect(await rollouts.deploy(asking)).toEqual({ how: 'started' });
    expect(driver.state().rollout?.phase.name).toBe('parked');
    await expect(rollouts.approve(word)).rejects.toMatchObject({ code: 'APPROVAL_OWN' });
    await rollouts.approve({ ...word, by: 'erin' });
    await expect(rollouts.approve({ ...word, by: 'erin' })).rejects.toMatchObject({ code: 'APPROVAL_TWICE' });
    expect(driver.state().rollout?.phase.name).toBe('parked');
    await rollouts.approve({ ...word, by: 'frank' });
    await settled();
    expect(driver.state().stable).toEqual(aRelease('next'));
  });

  it('ends without having begun when somebody rejects it', async () => {
    const { rollouts, driver, settled, world } = bench();
    await rollouts.deploy(asking);
    expect(await rollouts.reject({ ...who, release: aRelease('next').id, reason: 'not today', by: 'erin' })).toEqual({
      how: 'ending',
    });
    await settled();
    expect(driver.state().rollout?.outcome).toMatchObject({ cause: 'person', reason: 'rejected by erin: not today' });
    expect(world.router.history('app', 'production')).toHaveLength(1); // as it was before
  });

  it('begins when somebody lifts the freeze', async () => {
    const { rollouts, driver, settled } = bench();
    await rollouts.deploy(frozen);
    expect(driver.state().rollout?.phase).toMatchObject({ name: 'parked', waiting: 'freeze' });
    await rollouts.unfreeze({ ...who, lasts: 24 * 3_600_000, reason: 'it is urgent' });
    await settled();
    expect(driver.state()).toMatchObject({
      stable: aRelease('next'),
      unfrozen: { by: 'dana', reason: 'it is urgent' },
    });
  });

  it('keeps nobody from going back: it is ended first where a release is named', async () => {
    const { rollouts, driver, settled } = bench();
    await rollouts.deploy(request('next'));
    await settled();
    await rollouts.deploy({ ...frozen, release: aRelease('other') });
    expect(driver.state().rollout?.phase.name).toBe('parked');
    const back = { ...who, to: aRelease('first').id, reason: 'it is slow' };
    expect(await rollouts.rollBack(back)).toEqual({ how: 'started' });
    await settled();
    expect(driver.state().stable).toEqual(aRelease('first'));
  });
});
