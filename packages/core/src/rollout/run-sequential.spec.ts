import {
  aConfig,
  anInterval,
  aPlan,
  aStateIn,
  aWorld,
  deathAt,
  deploy,
  resume,
  someFigures,
  withFaults,
  type Behaviour,
  type World,
} from '../testing';
import { planDeploy } from './plan';
import { observe, startWatching } from './watch';

jest.setTimeout(60_000);

const second = 1000;
const minute = 60 * second;
const config = aConfig({ canary: { method: 'sequential' }, production: { stepDuration: '10m' } });
const { release, from, by, place, project } = aPlan();
const plan = planDeploy(config, 'production', 'production', { release, from, by, place, project });

/** Half a per cent of errors and a median of 100 ms, as `next` is unless it says otherwise. */
const usual: Partial<Behaviour> = { errorRate: 0.005, latency: { median: 100, sigma: 0.6 } };
const worldWith = (next: Partial<Behaviour>, requestsPerSecond = 200, seed = 1): World =>
  aWorld({ seed, requestsPerSecond, cell: 10 * second, behaviour: { first: usual, next: { ...usual, ...next } } });

async function deployed(world: World) {
  const { state, shares } = await deploy(world, plan);
  const canary = state.rollout?.steps[0];
  const lasted = canary ? ((canary.until ?? world.clock.now()) - canary.since) / second : null;
  return { shares, outcome: state.rollout?.outcome, canary, lasted };
}

describe('a canary by the sequential method', () => {
  it('ends long before its day is over when the release is well, and goes on to production', async () => {
    const { shares, outcome, canary, lasted } = await deployed(worldWith({}));
    expect(shares).toEqual([5, 10, 50, 100, 100]);
    expect(outcome?.result).toBe('done');
    expect(lasted).toBeGreaterThanOrEqual(300);
    expect(lasted).toBeLessThan(3600);
    expect(canary?.gate?.reasons.join()).toContain('are within their margins');
  });

  it('counts the first interval of a step, which may begin before its driver knew that it was open', () => {
    const [at, since] = [10_000, 9_400];
    const phase = startWatching(plan, 0, at, since);
    const slots = [someFigures({ slot: 'canary' }), someFigures({ slot: 'stable' })];
    const event = { type: 'observed' as const, at: 19_400, interval: anInterval(since, 19_400, slots), health: [] };
    const state = aStateIn(phase, {}, plan);
    expect(state.rollout && observe(state.rollout, phase, event).phase.judge).toMatchObject({
      ...{ method: 'sequential', dropped: null, to: 19_400 },
      arms: { canary: { requests: 1000 } },
    });
  });

  it.each([
    ['five times the errors', { errorRate: 0.025 }, /^error rate .* is above its limit/],
    ['twice the latency', { latency: { median: 200, sigma: 0.6 } }, /^latency p\d+ .* is above its limit/],
  ])('sends back a release with %s within minutes, and says why', async (_, behaviour, why) => {
    const { shares, outcome, lasted } = await deployed(worldWith(behaviour));
    expect(shares).toEqual([5, 0]);
    expect(outcome).toMatchObject({ result: 'rolled-back', cause: 'release' });
    expect(outcome?.reason).toMatch(why);
    expect(lasted).toBeLessThan(300);
  });

  it('comes to no conclusion about a release that nobody uses, and is held until somebody decides', async () => {
    const world = worldWith({}, 0);
    const reason = 'nobody is awake to use it';
    world.later(30 * 60 * minute, (at) => world.inbox.put({ type: 'abort', at, by: 'robin', reason }));
    const { state, shares, audit } = await deploy(world, plan);
    expect(shares).toEqual([5, 0]);
    expect(state.rollout?.outcome).toMatchObject({ result: 'rolled-back', cause: 'person' });
    expect(audit.map(({ what }) => what)).toEqual(['deploy', 'traffic', 'gate', 'abort', 'withdraw', 'rolled-back']);
    expect(audit[2]?.detail).toMatch(
      /^held until a person decides: no conclusion within 1d; no data: the canary and the baseline/,
    );
  });

  it('is judged alike whose driver was killed on the way', async () => {
    const whole = await deploy(worldWith({ errorRate: 0.015 }), plan);
    const world = worldWith({ errorRate: 0.015 });
    await expect(deploy(world, plan, { ports: withFaults(world.ports, deathAt(60, 'before')) })).rejects.toThrow();
    const again = await resume(world);
    expect(again.state.rollout?.outcome).toEqual(whole.state.rollout?.outcome);
    expect(world.clock.now()).toBeGreaterThan(minute);
  });
});
