import { createCoverage } from './coverage';
import { withLightSignals } from './light-signal';
import { play, type Sabotage } from './play';
import { drawScenario } from './scenario';
import { shrink } from './shrink';
import { addTallies, explain, simulate } from './simulate';

jest.setTimeout(120_000);

describe('deployments in which everything goes wrong', () => {
  it('break no invariant', async () => {
    const { broken, seeds } = await simulate(1, 1500);
    expect(broken).toEqual([]);
    expect(seeds).toBe(1500);
  });

  it('are the same for the same seed', async () => {
    const tell = async (seed: number) => (await play(drawScenario(seed), { isTold: true })).story;
    for (const seed of [3, 72, 240]) expect(await tell(seed)).toEqual(await tell(seed));
    expect(await tell(3)).not.toEqual(await tell(72));
  });

  it('are the same whichever signals the platform has', async () => {
    const endOf = async (seed: number) => (await play(drawScenario(seed))).state;
    for (const seed of [5, 8, 103]) expect(await withLightSignals(() => endOf(seed))).toEqual(await endOf(seed));
  });

  it('add up when several processes play them', async () => {
    const whole = await simulate(50, 40);
    expect(addTallies([await simulate(70, 20), await simulate(50, 20)])).toEqual(whole);
  });
});

/** Mistakes that no change of an operator makes. */
const sabotages: [string, Sabotage, rules: string[]][] = [
  [
    'a router that takes routes of any generation',
    {
      fakes: (ports, { router, clock }) => ({
        ...ports,
        router: {
          ...ports.router,
          async apply(route) {
            router.place(route);
            return clock.now();
          },
        },
      }),
    },
    ['only the newest driver moves traffic', 'in the end the stable release has all traffic'],
  ],
  [
    'a store that lets an older driver save',
    {
      fakes: (ports, { store }) => ({ ...ports, store: { ...ports.store, save: async (state) => store.place(state) } }),
    },
    ['one number stands for one route', 'the audit log tells what happened', 'nothing is left running'],
  ],
  [
    'a state that is not saved before traffic is taken back',
    {
      driver: (ports) => ({
        ...ports,
        store: {
          ...ports.store,
          save: async (state, after) => {
            if (state.rollout?.phase.name !== 'withdrawing') await ports.store.save(state, after);
          },
        },
      }),
    },
    ['what is done was saved before'],
  ],
  [
    'a release that is stopped before its traffic is taken back',
    {
      driver: (ports) => ({
        ...ports,
        router: {
          ...ports.router,
          async apply(route, signal) {
            const before = await ports.router.read(route.project, route.environment, signal);
            const gone = (before?.slots ?? []).filter(
              (old) => !route.slots.some(({ release }) => release === old.release),
            );
            for (const { release } of gone) await ports.runtime.stop({ ...route, release }, signal);
            return ports.router.apply(route, signal);
          },
        },
      }),
    },
    ['what has traffic is not stopped'],
  ],
  [
    'figures that are told twice',
    {
      fakes: (ports) => ({
        ...ports,
        metrics: {
          ...ports.metrics,
          async measure(query, signal) {
            const interval = await ports.metrics.measure(query, signal);
            return { ...interval, slots: interval.slots.map((slot) => ({ ...slot, requests: 2 * slot.requests })) };
          },
        },
      }),
    },
    ['evidence is counted once'],
  ],
  [
    'an engine that is told to stop one release and stops those of other projects, too',
    {
      driver: (ports, { runtime }) => ({
        ...ports,
        runtime: {
          ...ports.runtime,
          async stop(workload, signal) {
            await ports.runtime.stop(workload, signal);
            for (const release of runtime.running('neighbour'))
              await runtime.stop({ project: 'neighbour', environment: 'production', release }, signal);
          },
        },
      }),
    },
    ['another project is not disturbed'],
  ],
  [
    'an engine that takes a fresh baseline for stable as it stops it',
    {
      driver: (ports) => ({
        ...ports,
        runtime: { ...ports.runtime, stop: ({ slot: _, ...workload }, signal) => ports.runtime.stop(workload, signal) },
      }),
    },
    ['what is live is not stopped'],
  ],
  [
    'an engine that stops no fresh baseline',
    {
      driver: (ports) => ({
        ...ports,
        runtime: {
          ...ports.runtime,
          stop: async (workload, signal) => {
            if (workload.slot === undefined) await ports.runtime.stop(workload, signal);
          },
        },
      }),
    },
    ['nothing is left running'],
  ],
  [
    'an engine that starts no fresh baseline where its release runs already',
    {
      driver: (ports) => ({
        ...ports,
        runtime: {
          ...ports.runtime,
          start: async (workload, signal, atMost) =>
            workload.slot === undefined
              ? ports.runtime.start(workload, signal, atMost)
              : { ok: true, reason: 'already healthy' },
        },
      }),
    },
    ['traffic only for what was started'],
  ],
  [
    'a driver that comes back and does not go on with what was under way',
    {
      fakes: (ports) => ({
        ...ports,
        store: {
          ...ports.store,
          async load(project, environment) {
            const state = await ports.store.load(project, environment);
            return state && { ...state, rollout: null };
          },
        },
      }),
    },
    ['a crash changes nothing'],
  ],
  [
    'a driver that gives a release traffic that nobody has agreed to',
    {
      driver: (ports) => ({
        ...ports,
        store: {
          ...ports.store,
          save: async (state, after) => {
            await ports.store.save(state, after);
            const { rollout, project, environment, generation, sequence } = state;
            if (rollout?.phase.name !== 'parked') return;
            const { host, port, release } = rollout.plan;
            const slots = [{ slot: 'canary' as const, release: release.id, weight: 100 }];
            const route = { project, environment, host, port, generation, sequence, slots };
            await ports.router.apply(route, new AbortController().signal);
          },
        },
      }),
    },
    ['nothing goes on without consent or in a freeze'],
  ],
  [
    'entries of the audit log that are dropped',
    {
      driver: (ports) => ({
        ...ports,
        sink: { ...ports.sink, record: (entries) => ports.sink.record(entries.filter(({ what }) => what !== 'done')) },
      }),
    },
    ['the audit log tells what happened'],
  ],
];

describe.each(sabotages)('%s', (_, sabotage, rules) => {
  it('is noticed within a few hundred seeds, and told as a short story', async () => {
    for (let seed = 1; seed <= 600; seed++) {
      const { violations } = await play(drawScenario(seed), { sabotage });
      const found = violations.find(({ rule }) => rules.includes(rule));
      if (!found) continue;
      const smallest = await shrink(drawScenario(seed), found.rule, { sabotage });
      expect(smallest.troubles.length).toBeLessThanOrEqual(2);
      const again = await play(smallest, { sabotage, isTold: true });
      expect(again.story.join('\n')).toContain(`BROKEN: ${found.rule}`);
      return;
    }
    throw new Error('nobody noticed');
  });
});

describe('the story of a seed', () => {
  it('is told in words, in order', async () => {
    const { story, violations } = await explain(3);
    expect(violations).toEqual([]);
    expect(story.some((line) => line.includes('somebody wants: deploy next'))).toBe(true);
    const times = story.map((line) => Number.parseFloat(line));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

describe('the coverage of phases and what comes to them', () => {
  it('knows what was never reached, and shows it in a table that fits a terminal', () => {
    const coverage = createCoverage();
    coverage.seen('watching', 'well');
    coverage.add({ 'watching well': 1_499, 'none begin': 3 });
    expect(coverage.missing()).not.toContain('watching well');
    expect(coverage.missing()).toContain('watching badly');
    expect(coverage.share()).toBeLessThan(0.1);
    const table = coverage.table();
    expect(table.find((line) => line.startsWith('watching'))).toContain('1.50k');
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
