import { initialState, isOver, sluiceError, type EnvironmentName, type EnvironmentState } from '@sluice/core';
import { aPlan, aRelease, aState, aStateIn, aWorld, eventually, phases } from '@sluice/core/testing';
import { createDrivers } from './drivers';

type States = Record<string, EnvironmentState | Error>;

function bench(states: States = {}) {
  const world = aWorld();
  const calls = { loads: 0 };
  const reports: string[] = [];
  const drivers = createDrivers({
    async load(project, environment) {
      calls.loads += 1;
      const found = states[`${project} ${environment}`] ?? initialState(project, environment);
      if (found instanceof Error) throw found;
      return found;
    },
    portsOf: () => world.ports,
    report: (what, thrown) => reports.push(`${what}: ${String(thrown)}`),
  });
  return { world, drivers, calls, reports, states };
}
const key = (project: string, environment: EnvironmentName = 'production') => ({ project, environment });
const corrupt = sluiceError('STATE_CORRUPT', { file: 'state.json', problem: 'it is empty' });

describe('the drivers of a workspace', () => {
  it('are one for each project and environment, however many ask at once', async () => {
    const { drivers, calls } = bench();
    const [one, same, other] = await Promise.all([
      drivers.of('app', 'production'),
      drivers.of('app', 'production'),
      drivers.of('app', 'staging'),
    ]);
    expect(same).toBe(one);
    expect(other).not.toBe(one);
    expect(calls.loads).toBe(2);
    expect(drivers.stateOf('app', 'production')).toEqual(initialState('app', 'production'));
    expect(drivers.stateOf('never', 'production')).toBeNull();
  });

  it('go on with what was under way', async () => {
    const { drivers, world } = bench({ 'app production': aStateIn(phases.starting) });
    await drivers.resume([key('app')]);
    await eventually('the rollout is over', () => {
      const state = drivers.stateOf('app', 'production');
      return state !== null && isOver(state);
    });
    expect(await world.store.load('app', 'production')).toMatchObject({ stable: aRelease('next') });
  });

  it('hold each other up neither by a state that can not be read nor by a name that is none', async () => {
    const invalid = sluiceError('NAME_INVALID', { kind: 'project', name: 'a+b' });
    const { drivers, reports } = bench({ 'broken production': corrupt, 'a+b production': invalid });
    await drivers.resume([key('broken'), key('a+b'), key('app')]);
    expect(drivers.stateOf('app', 'production')).not.toBeNull();
    expect(reports).toEqual([
      expect.stringContaining('the state of broken in production: SluiceError: The state file'),
      expect.stringContaining('a+b'),
    ]);
  });

  it('say why to whoever asks for one whose state can not be read, and read it again when it is mended', async () => {
    const { drivers, states } = bench({ 'app production': corrupt });
    await expect(drivers.of('app', 'production')).rejects.toBe(corrupt);
    states['app production'] = aStateIn(phases.starting);
    const driver = await drivers.of('app', 'production');
    await eventually('it goes on', () => isOver(driver.state()));
  });

  it.each<[string, EnvironmentState | Error, boolean]>([
    ['nothing was ever deployed', initialState('app', 'production'), false],
    ['a release is live', aState(), true],
    ['a rollout is under way', { ...aStateIn(phases.cooling, {}, aPlan({ from: null })), stable: null }, true],
    ['it was taken down', { ...aStateIn(phases.over), stable: null }, false],
    ['its state can not be read', corrupt, true],
    ['it has no name', sluiceError('NAME_INVALID', { kind: 'project', name: '..' }), false],
  ])('know whether anything is live: %s', async (_, state, isLive) => {
    const { drivers } = bench({ 'app production': state });
    await drivers.resume([key('app')]);
    expect(drivers.isLive()).toBe(isLive);
    await drivers.leave();
  });

  it('leave together, and none is made after that', async () => {
    const { drivers } = bench();
    const driver = await drivers.of('app', 'production');
    await drivers.leave();
    await expect(driver.act({ type: 'goal', at: 0, goal: 'canary', by: 'dana' })).rejects.toMatchObject({
      code: 'HOST_LEAVING',
    });
    await expect(drivers.of('app', 'staging')).rejects.toMatchObject({ code: 'HOST_LEAVING' });
  });
});
