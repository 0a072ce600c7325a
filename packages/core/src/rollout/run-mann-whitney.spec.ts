import { aConfig, aPlan, aWorld, deathAt, deploy, resume, withFaults, type Behaviour, type World } from '../testing';
import { planDeploy } from './plan';

jest.setTimeout(60_000);

const second = 1000;
const config = aConfig({
  canary: { method: 'mann-whitney', onInconclusive: 'rollback' },
  production: { stepDuration: '10m' },
});
const { release, from, by, place, project } = aPlan();
const plan = planDeploy(config, 'production', 'production', { release, from, by, place, project });

/** Half a per cent of errors and a median of 100 ms, as `next` is unless it says otherwise. */
const usual: Partial<Behaviour> = { errorRate: 0.005, latency: { median: 100, sigma: 0.6 } };
const worldWith = (next: Partial<Behaviour>, requestsPerSecond = 200): World =>
  aWorld({ seed: 1, requestsPerSecond, cell: 10 * second, behaviour: { first: usual, next: { ...usual, ...next } } });

async function deployed(world: World) {
  const { state, shares } = await deploy(world, plan);
  const canary = state.rollout?.steps[0];
  const lasted = canary ? ((canary.until ?? world.clock.now()) - canary.since) / second : null;
  return { shares, outcome: state.rollout?.outcome, canary, lasted };
}

describe('a canary by the method mann-whitney', () => {
  it('goes on to production when its time is over and the latest look passes', async () => {
    const { shares, outcome, canary, lasted } = await deployed(worldWith({}));
    expect(shares).toEqual([5, 10, 50, 100, 100]);
    expect(outcome?.result).toBe('done');
    expect(lasted).toBeGreaterThanOrEqual(1800);
    expect(lasted).toBeLessThan(1900);
    expect(canary?.gate?.reasons[0]).toBe('score 100 of 100, 95 pass');
    expect(canary?.gate?.comparisons.map(({ metric, ok }) => [metric, ok])).toEqual([
      ['error rate', true],
      ['latency p50', true],
      ['latency p95', true],
      ['latency p99', true],
    ]);
  });

  it.each([
    ['five times the errors', { errorRate: 0.025 }, /^error rate: canary higher, by /],
    ['half as much latency again', { latency: { median: 150, sigma: 0.6 } }, /^latency p50: canary higher, by /],
  ])('sends back a release with %s at its first look, and says why', async (_, behaviour, why) => {
    const { shares, outcome, lasted } = await deployed(worldWith(behaviour));
    expect(shares).toEqual([5, 0]);
    expect(outcome).toMatchObject({ result: 'rolled-back', cause: 'release' });
    expect(outcome?.reason).toMatch(why);
    expect(lasted).toBeGreaterThanOrEqual(300);
    expect(lasted).toBeLessThan(330);
  });

  it('comes to no conclusion about a release that nobody uses, and says so', async () => {
    const { shares, outcome } = await deployed(worldWith({}, 0));
    expect(shares).toEqual([5, 0]);
    expect(outcome).toMatchObject({ result: 'rolled-back', cause: 'world' });
    expect(outcome?.reason).toContain('no conclusion within 1d; no data: the canary and the baseline');
  });

  it('is judged alike whose driver was killed on the way', async () => {
    const whole = await deploy(worldWith({ errorRate: 0.025 }), plan);
    const world = worldWith({ errorRate: 0.025 });
    await expect(deploy(world, plan, { ports: withFaults(world.ports, deathAt(60, 'before')) })).rejects.toThrow();
    const again = await resume(world);
    expect(again.state.rollout?.outcome).toEqual(whole.state.rollout?.outcome);
    expect(again.state.rollout?.outcome?.result).toBe('rolled-back');
  });
});
