import { anInterval, aPlan, aRelease, aStateIn, aWorld, deploy, phases, someFigures, someHealth } from '../testing';
import { quickConfig } from '../testing/builders';
import { compared } from './baseline-health';
import { startWith } from './baseline-start';
import { shareOfArms, withFreshBaseline } from './fresh-baseline';
import type { EnvironmentState, Event, Phase } from './model';
import { nextCommand, routeOf } from './next';
import { planDeploy, type Plan } from './plan';
import { transition } from './transition';
import { startWatching } from './watch';

const [first, next] = [aRelease('first'), aRelease('next')];
const place = { project: 'app', environment: 'production' };
const [canary, fresh] = [
  { ...place, release: next.id },
  { ...place, release: first.id, slot: 'baseline' },
];
const request = { project: 'app', release: next, from: first, by: 'dana', place: null };
const config = { ...quickConfig(), canary: { ...quickConfig().canary, baseline: 'fresh' as const } };
const freshPlan = (over: Partial<Plan> = {}): Plan => ({
  ...planDeploy(config, 'production', 'production', request),
  ...over,
});
const plan = freshPlan();
const stateIn = (phase: Phase): EnvironmentState => aStateIn(phase, {}, plan);
const split = (phase: Phase) => routeOf(stateIn(phase)).slots.map(({ slot, weight }) => `${slot} ${weight}`);

describe('the plan of a rollout with a fresh baseline', () => {
  it('has one as large as the canary in each step that leaves something for stable', () => {
    expect(plan.steps.map(({ traffic, baseline }) => [traffic, baseline])).toEqual([
      [5, 5],
      [10, 10],
      [50, undefined],
      [100, undefined],
    ]);
  });

  it.each([
    [1, 1],
    [49, 49],
    [50, undefined],
    [51, undefined],
    [99, undefined],
  ])('at %i %% has one of %s %%', (traffic, baseline) => {
    const step = { stage: 'canary', traffic, judged: true, minDuration: 0, maxDuration: 0 } as const;
    expect(withFreshBaseline(step).baseline).toBe(baseline);
  });

  it('has none in staging, for a first release and by default', () => {
    const others = [
      planDeploy(config, 'staging', 'production', request),
      planDeploy(config, 'production', 'production', { ...request, from: null }),
      aPlan(),
    ];
    for (const { steps } of others) expect(steps.filter(({ baseline }) => baseline !== undefined)).toEqual([]);
  });
});

describe('a fresh baseline', () => {
  it('is started with the canary, with as many instances, and again with more', () => {
    const [step, ...rest] = plan.steps;
    const small = freshPlan({ steps: step ? [{ ...step, atMost: 1 }, ...rest] : [] });
    const of = (phase: Phase) => nextCommand(aStateIn(phase, {}, small));
    expect(of(phases.starting)).toEqual({ type: 'start', workload: canary, baseline: fresh, atMost: 1 });
    expect(of(phases.growing)).toEqual({ type: 'start', workload: canary, baseline: fresh });
  });

  it.each([
    ['in a step', { name: 'shifting', step: 1 }, ['stable 80', 'baseline 10', 'canary 10']],
    ['while it grows', { name: 'growing', step: 1 }, ['stable 90', 'baseline 5', 'canary 5']],
    ['as its last step is over', { name: 'merging', step: 1 }, ['stable 90', 'canary 10']],
    ['while it is stopped', { name: 'shedding', step: 1 }, ['stable 90', 'canary 10']],
    ['while more instances start for a step without one', { name: 'growing', step: 2 }, ['stable 90', 'canary 10']],
    ['in a step without one', { name: 'shifting', step: 2 }, ['stable 50', 'canary 50']],
    ['as the release goes back', phases.withdrawing, ['stable 100']],
  ] as const)('has its share %s', (_, phase, slots) => {
    expect(split(phase)).toEqual(slots);
  });

  it('loses its traffic before it is stopped', () => {
    const merging = stateIn({ name: 'merging', step: 1 });
    expect(nextCommand(merging)?.type).toBe('shift');
    const shedding = transition(merging, { type: 'shifted', at: 1, since: 1 });
    expect(nextCommand(shedding)).toEqual({ type: 'stop', workloads: [fresh] });
    expect(transition(shedding, { type: 'stopped', at: 2 }).rollout?.phase).toEqual({ name: 'shifting', step: 2 });
  });

  it('is stopped with a release that goes back', () => {
    expect(nextCommand(stateIn(phases.clearing))).toEqual({ type: 'stop', workloads: [canary, fresh] });
    expect(nextCommand(aStateIn(phases.clearing))).toEqual({ type: 'stop', workloads: [canary] });
  });

  it('makes half of what is compared', () => {
    expect(plan.steps.map(shareOfArms)).toEqual([50, 50, 50, 100]);
    expect(aPlan().steps.map(shareOfArms)).toEqual([5, 10, 50, 100]);
  });
});

describe('a start with a fresh baseline', () => {
  const start = (own: boolean, other: boolean) =>
    startWith(
      { start: async ({ slot }) => ({ ok: slot ? other : own, reason: slot ? 'exit 9' : own ? 'healthy' : 'exit 1' }) },
      { type: 'start', workload: canary, baseline: { ...canary, release: first.id, slot: 'baseline' } },
      new AbortController().signal,
    );

  it('is well when both are', async () => {
    expect(await start(true, true)).toEqual({ ok: true, reason: 'healthy' });
  });

  it("is the release's doing when it alone does not start", async () => {
    expect(await start(false, true)).toEqual({ ok: false, reason: 'exit 1' });
  });

  it("is the world's when the old release does not start either", async () => {
    const reason = `the fresh baseline, instances of ${first.id}: exit 9`;
    expect(await start(true, false)).toEqual({ ok: false, reason, cause: 'world' });
    expect(await start(false, false)).toEqual({ ok: false, reason: `exit 1; ${reason}`, cause: 'world' });
  });
});

describe('a step that is compared with a fresh baseline', () => {
  const watching = startWatching(plan, 0, 0);
  const figures = (errors: number) => [
    someFigures({ slot: 'stable', requests: 18_000 }),
    someFigures({ slot: 'baseline', release: first.id, errors }),
    someFigures({ errors: 100 }),
  ];
  type Observed = Extract<Event, { type: 'observed' }>;
  const observed = (number: number, over: Partial<Observed> = {}): Observed => ({
    ...{ type: 'observed', at: number * 10_000, health: [someHealth(next.id)], baseline: someHealth(first.id) },
    interval: anInterval((number - 1) * 10_000, number * 10_000, figures(100)),
    ...over,
  });
  const after = (...events: Event[]) => events.reduce(transition, stateIn(watching)).rollout;
  const counted = (rollout: EnvironmentState['rollout']) =>
    rollout?.phase.name === 'watching' && rollout.phase.judge.method === 'threshold' ? rollout.phase.judge.checks : -1;

  it('goes by its figures, not by those of stable', () => {
    expect(after(observed(1), observed(2), observed(3))?.phase.name).toBe('watching');
    const worse = [1, 2, 3].map((n) => observed(n, { interval: anInterval((n - 1) * 10_000, n * 10_000, figures(0)) }));
    expect(after(...worse)?.phase.name).toBe('withdrawing');
  });

  it('takes nothing of stable for it where it had no request', () => {
    const interval = anInterval(0, 1, [someFigures({ slot: 'stable' }), someFigures()]);
    expect(compared(interval, { restarts: 0, illUntil: 0 }).slots.map(({ slot }) => slot)).toEqual(['canary']);
    expect(compared(interval, undefined)).toBe(interval);
  });

  it.each([
    ['is down', someHealth(first.id, { healthy: 0, reason: 'exit code 1' })],
    ['is down in part', someHealth(first.id, { wanted: 2 })],
    ['was restarted', someHealth(first.id, { restarts: 1 })],
    ['has no instances', someHealth(first.id, { healthy: 0, wanted: 0 })],
    ['could not be asked', undefined],
  ])('compares nothing of an interval in which the baseline %s, and says so', (_, health) => {
    const { baseline: _baseline, ...blind } = observed(1);
    const rollout = after(health ? { ...blind, baseline: health } : blind);
    expect(counted(rollout)).toBe(0);
    expect(rollout?.steps.at(-1)?.gate?.reasons.join()).toContain('not compared while the fresh baseline');
    expect(rollout?.steps.at(-1)?.slots).toHaveLength(3);
  });

  it('compares again after that, but nothing that comes late from that time', () => {
    const down = { baseline: someHealth(first.id, { healthy: 0 }) };
    const late = observed(3, { interval: anInterval(10_000, 19_000, figures(100)) });
    expect(counted(after(observed(1, down), observed(2, { ...down, interval: anInterval(0, 0) }), late))).toBe(0);
    expect(counted(after(observed(1, down), observed(2)))).toBe(1);
  });

  it('says nothing against the release when the baseline is down', () => {
    const down = Array.from({ length: 12 }, (_, i) =>
      observed(i + 1, { baseline: someHealth(first.id, { healthy: 0 }) }),
    );
    expect(after(...down)?.phase.name).toBe('watching');
  });
});

describe('a rollout with a fresh baseline', () => {
  it('ends with the release live, and nothing left of the baseline', async () => {
    const world = aWorld();
    const { state, routes, audit } = await deploy(world, plan);
    expect(state).toMatchObject({ stable: next, rollout: { outcome: { result: 'done' } } });
    const splits = routes.map(({ route }) => route.slots.map(({ slot, weight }) => `${slot} ${weight}`).join(', '));
    expect(splits).toEqual([
      'stable 100',
      'stable 90, baseline 5, canary 5',
      'stable 80, baseline 10, canary 10',
      'stable 90, canary 10',
      'stable 50, canary 50',
      'stable 0, canary 100',
      'stable 100',
    ]);
    expect(world.violations).toEqual([]);
    expect(world.runtime.running()).toEqual([next.id]);
    expect(audit.find(({ what }) => what === 'traffic')?.detail).toBe(
      `next (${next.id}) gets 5 % of traffic, a fresh baseline 5 %`,
    );
  });

  it('sends a bad release back, and stops both', async () => {
    const world = aWorld({ behaviour: { next: { errorRate: 0.15 } } });
    const { state } = await deploy(world, plan);
    expect(state).toMatchObject({ stable: first, rollout: { outcome: { result: 'rolled-back', cause: 'release' } } });
    expect(world.runtime.running()).toEqual([first.id]);
  });

  it('promotes nothing while the baseline is down, however good the release looks beside it', async () => {
    const world = aWorld({ behaviour: { next: { errorRate: 0.15 } } });
    world.later(20_000, () => world.runtime.kill({ ...place, release: first.id, slot: 'baseline' }));
    const { state, shares } = await deploy(world, { ...plan, onInconclusive: 'rollback' });
    expect(Math.max(...shares)).toBe(5);
    expect(state.rollout?.outcome).toMatchObject({ result: 'rolled-back', cause: 'world' });
  });

  it('is held once more by a baseline that is down when somebody lets it go on', async () => {
    const world = aWorld();
    world.later(20_000, () => world.runtime.kill({ ...place, release: first.id, slot: 'baseline' }));
    const by = 'dana';
    world.later(3_600_000, (at) => world.inbox.put({ type: 'promote', at, by, reason: 'it looks well' }));
    world.later(7_200_000, (at) => world.inbox.put({ type: 'abort', at, by, reason: 'it does not go on' }));
    const { audit } = await deploy(world, plan);
    expect(audit.map(({ what }) => what)).toEqual([
      ...['deploy', 'traffic', 'gate', 'promote', 'gate'],
      ...['abort', 'withdraw', 'rolled-back'],
    ]);
    expect(audit[4]?.detail).toMatch(/^held until a person decides: let through by dana.*baseline is not whole/);
  });

  it('moves nothing where the baseline does not start, and holds nothing against the release', async () => {
    const world = aWorld({ behaviour: { first: { refuses: 'exit code 1' } } });
    const { state, shares } = await deploy(world, plan);
    expect(state).toMatchObject({ stable: first, refused: [], rollout: { outcome: { cause: 'world' } } });
    expect(shares.every((share) => share === 0)).toBe(true);
    expect(world.runtime.running()).toEqual([first.id]);
  });
});
