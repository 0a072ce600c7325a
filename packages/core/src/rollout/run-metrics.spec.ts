import { aConfig, aPlan, aWorld, deploy, type Behaviour } from '../testing';
import { planDeploy } from './plan';

jest.setTimeout(60_000);

type Metrics = NonNullable<NonNullable<Parameters<typeof aConfig>[0]>['canary']>['metrics'];

const second = 1000;
const usual: Partial<Behaviour> = { errorRate: 0.005, latency: { median: 100, sigma: 0.6 } };
const telling = {
  misses: { kind: 'ratio', rate: 0.05 },
  hits: { kind: 'ratio', rate: 0.95 },
  rows: { kind: 'histogram', median: 1000, sigma: 0.6 },
  speed: { kind: 'histogram', median: 40, sigma: 0.3 },
  queue: { kind: 'gauge', median: 10, sigma: 0.1 },
  free: { kind: 'gauge', median: 50, sigma: 0.1 },
} satisfies Behaviour['tells'];
const wanted = {
  misses: { kind: 'ratio' },
  hits: { kind: 'ratio', worse: 'lower' },
  rows: { kind: 'histogram' },
  speed: { kind: 'histogram', worse: 'lower' },
  queue: { kind: 'gauge' },
  free: { kind: 'gauge', worse: 'lower' },
} satisfies Metrics;

/** A release that tells this, after one that tells as usual. */
async function deployed(metrics: Metrics, tells: Behaviour['tells'], before: Behaviour['tells'] = telling) {
  const config = aConfig({
    canary: { method: 'sequential', onInconclusive: 'rollback', maxDuration: '2h', metrics },
    production: { stepDuration: '10m' },
  });
  const { release, from, by, place, project } = aPlan();
  const plan = planDeploy(config, 'production', 'production', { release, from, by, place, project });
  const behaviour = { first: { ...usual, tells: before }, next: { ...usual, tells } };
  const world = aWorld({ seed: 1, requestsPerSecond: 200, cell: 10 * second, behaviour });
  const { state, shares } = await deploy(world, plan);
  const canary = state.rollout?.steps[0];
  const lasted = canary ? ((canary.until ?? world.clock.now()) - canary.since) / second : null;
  return { shares, outcome: state.rollout?.outcome, steps: state.rollout?.steps, lasted };
}

describe('a canary with metrics of its own', () => {
  it('goes on to production when all of them are as before', async () => {
    const { shares, outcome, steps } = await deployed(wanted, telling);
    expect(outcome?.result).toBe('done');
    expect(shares).toEqual([5, 10, 50, 100, 100]);
    expect(steps?.[0]?.gate?.reasons.join()).toContain(
      'errors, latency, misses, hits, rows, speed, queue and free are within their margins',
    );
    expect(steps?.[0]?.gate?.comparisons.map(({ metric }) => metric).slice(5)).toEqual([
      ...['misses', 'not hits', 'rows p50', 'rows p95', 'speed p50', 'speed p5', 'queue', 'free'],
    ]);
  });

  it.each([
    ['three times the misses', 'misses', { kind: 'ratio', rate: 0.15 }, /^misses 1\d\.\d+ % is above its limit of/],
    ['far less hits', 'hits', { kind: 'ratio', rate: 0.8 }, /^not hits [12]\d\.\d+ % is above its limit of/],
    ['twice the rows', 'rows', { kind: 'histogram', median: 2000, sigma: 0.6 }, /^rows p\d+ \d+ is above its limit/],
    ['half the speed', 'speed', { kind: 'histogram', median: 20, sigma: 0.3 }, /^speed p\d+ \d.* is below its limit/],
    ['a longer queue', 'queue', { kind: 'gauge', median: 15, sigma: 0.1 }, /^queue 1\d(\.\d)? is above its limit/],
    ['less free', 'free', { kind: 'gauge', median: 30, sigma: 0.1 }, /^free \d\d(\.\d)? is below its limit/],
  ] as const)('goes back with %s, within minutes, and says why', async (_, name, tells, why) => {
    const { shares, outcome, lasted } = await deployed({ [name]: wanted[name] }, { ...telling, [name]: tells });
    expect(outcome).toMatchObject({ result: 'rolled-back', cause: 'release' });
    expect(outcome?.reason).toMatch(why);
    expect(shares).toEqual([5, 0]);
    expect(lasted).toBeLessThan(600);
  });

  it.each([
    ['the release', {}, telling, /custom metric misses: no data from the canary;/],
    ['the release before', telling, {}, /custom metric misses: no data from the baseline;/],
    ['either', {}, {}, /custom metric misses: no data from the canary and the baseline;/],
    [
      'the release, in another kind',
      { misses: telling.queue },
      telling,
      /custom metric misses: no data from the canary;/,
    ],
  ])('is never promoted while it is not told by %s', async (_, tells, before, why) => {
    const { shares, outcome } = await deployed({ misses: { kind: 'ratio' } }, tells, before);
    expect(shares).toEqual([5, 0]);
    expect(outcome).toMatchObject({ result: 'rolled-back', cause: 'world' });
    expect(outcome?.reason).toMatch(why);
  });
});
