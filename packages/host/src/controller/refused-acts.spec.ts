import { noFreeze, sluiceError, type ReleaseStore } from '@sluice/core';
import { aConfigInput, aManifest, aRelease, aWorld, memorySink } from '@sluice/core/testing';
import { createDriver, type Driver } from './driver';
import { withRefusals } from './refused-acts';
import { createRollouts } from './rollouts';

const place = { project: 'app', environment: 'production' } as const;
const release = aRelease('next');
const word = { ...place, release: release.id, before: 'canary', reason: 'it was looked at' } as const;
const deployment = {
  ...({ ...place, release, goal: 'production', by: 'dana' } as const),
  config: {
    text: JSON.stringify(aConfigInput({ approvals: [{ before: 'canary', by: 2, from: ['dana', 'erin'] }] })),
    ...{ file: 'sluice.json', configuration: null },
  },
  place: { checkout: '/a', worktree: '/a/w', projectRoot: 'web' },
};
const releases: ReleaseStore = {
  read: async (_, id) => (id === release.id ? { manifest: aManifest('next'), folder: '/releases' } : null),
  verify: async () => ({ ok: true, reason: 'whole' }),
  list: async () => [aManifest('next')],
};

const drivers: Driver[] = [];
afterEach(() => Promise.all(drivers.splice(0).map((driver) => driver.leave())));

function bench(audit = memorySink()) {
  const world = aWorld();
  const driver = createDriver(world.initial, world.ports, () => undefined);
  drivers.push(driver);
  const reported: string[] = [];
  const rollouts = createRollouts(
    ...([async () => driver, releases, world.clock, async () => [], async () => noFreeze] as const),
  );
  const report = (what: string) => void reported.push(what);
  const ports = { audit, clock: world.clock, stateOf: () => driver.state(), report };
  return { driver, reported, audit, rollouts: withRefusals(rollouts, ports) };
}

describe('an act that is refused', () => {
  it('is in the audit log: who, what, when, of which release, and why; and the state is as it was', async () => {
    const { rollouts, driver, audit } = bench();
    await rollouts.deploy(deployment);
    const before = driver.state();
    const refused = [
      ['APPROVAL_OWN', rollouts.approve({ ...word, by: 'dana' })],
      ['APPROVER_NOT_NAMED', rollouts.approve({ ...word, by: 'mallory' })],
      ['APPROVAL_OF_OTHER', rollouts.reject({ ...word, release: 'another', by: 'erin' })],
      ['ROLLOUT_NOT_HELD', rollouts.promote({ ...place, by: 'erin', reason: 'it is late' })],
      ['RELEASE_NOT_REFUSED', rollouts.permit({ ...place, by: 'erin', reason: 'x', release: 'another' })],
      ['ROLLOUT_IN_PROGRESS', rollouts.takeDown({ ...place, by: 'erin' })],
    ] as const;
    for (const [code, act] of refused) await expect(act).rejects.toMatchObject({ code });
    expect(driver.state()).toEqual(before);
    expect(audit.entries().map(({ what, by, release, detail }) => [what, by, release, detail.split(':')[0]])).toEqual([
      ['refused', 'dana', release.id, 'approve'],
      ['refused', 'mallory', release.id, 'approve'],
      ['refused', 'erin', 'another', 'reject'],
      ['refused', 'erin', release.id, 'promote'],
      ['refused', 'erin', 'another', 'allow'],
      ['refused', 'erin', release.id, 'down'],
    ]);
    refused.forEach(([code], n) => expect(audit.entries()[n]?.detail).toContain(`(${code})`));
    expect(audit.entries()[0]?.detail).toMatch(/\(said: it was looked at\)$/);
  });

  it('is told apart from one that could not be done, which is in no log', async () => {
    const { rollouts, driver, audit } = bench();
    await driver.leave();
    await expect(rollouts.promote({ ...place, by: 'erin', reason: 'x' })).rejects.toMatchObject({
      code: 'HOST_LEAVING',
    });
    expect(audit.entries()).toEqual([]);
  });

  it('is refused all the same where the log can not be written', async () => {
    const broken = { ...memorySink(), record: () => Promise.reject(sluiceError('INTERNAL', { reason: 'full' })) };
    const { rollouts, reported } = bench(broken);
    await expect(rollouts.takeDown({ ...place, by: 'erin' })).resolves.toEqual({ how: 'ending' });
    await expect(rollouts.promote({ ...place, by: 'erin', reason: 'x' })).rejects.toMatchObject({
      code: 'ROLLOUT_NOT_HELD',
    });
    expect(reported).toEqual(['the audit log of a refused act']);
  });
});
