import { initialState, type EnvironmentState, type Route } from '@sluice/core';
import { anInterval, aRelease, aState, simulatedClock, someFigures, someHealth } from '@sluice/core/testing';
import { readStatus, type LiveSources } from './live';

const [first, next] = [aRelease('first').id, aRelease('next').id];
const route: Route = {
  ...{ project: 'app', environment: 'production', host: '127.0.0.1', port: 4000, generation: 1, sequence: 1 },
  slots: [
    { slot: 'stable', release: first, weight: 95 },
    { slot: 'canary', release: next, weight: 5 },
  ],
};

async function production(changes: Partial<LiveSources> = {}, state: EnvironmentState = aState()) {
  const clock = simulatedClock();
  const parts = [
    anInterval(clock.now() - 60_000, clock.now() - 30_000, [
      someFigures({ slot: 'stable', release: first, requests: 100 }),
    ]),
    anInterval(clock.now() - 30_000, clock.now(), [
      someFigures({ slot: 'stable', release: first, requests: 200, errors: 30 }),
      someFigures({ slot: 'canary', release: next, requests: 60 }),
    ]),
  ];
  const report = await readStatus('app', {
    clock,
    router: {
      apply: () => Promise.reject(new Error('not asked')),
      read: async (_, name) => (name === 'production' ? route : null),
    },
    metrics: {
      measure: async ({ from }) => parts.find((part) => part.from === from) ?? anInterval(from, from),
      history: async () => [],
    },
    stateOf: async (project, environment) =>
      environment === 'production' ? state : initialState(project, environment),
    health: async ({ release }) => someHealth(release, { healthy: 1, wanted: 2, restarts: 4 }),
    troubleOf: () => null,
    usage: async () => ({ instances: [{ cpuPercent: 50, memoryBytes: 1000 }], dbConnections: 7 }),
    ...changes,
  });
  return report.environments.find(({ environment }) => environment === 'production');
}
const amounts = (report: Awaited<ReturnType<typeof production>>) =>
  JSON.parse(JSON.stringify(report?.slots ?? null)) as unknown;

describe('the live status', () => {
  it('has health, use and the figures of the last minute of every slot, over all splits of it', async () => {
    expect(amounts(await production())).toMatchObject([
      {
        slot: 'stable',
        release: first,
        healthy: 1,
        wanted: 2,
        restarts: 4,
        cpuPercent: 50,
        memoryBytes: 1000,
        dbConnections: 7,
      },
      { slot: 'canary', release: next },
    ]);
  });

  it('counts what is wanted and not only what has a process', async () => {
    const report = await production({ usage: async () => ({ instances: [], dbConnections: null }) });
    expect(amounts(report)).toMatchObject([
      { healthy: 1, wanted: 2, cpuPercent: null, memoryBytes: null, dbConnections: null },
      {},
    ]);
  });

  it('does not know a sum of which a part is unknown', async () => {
    const instances = [
      { cpuPercent: 50, memoryBytes: 1000 },
      { cpuPercent: null, memoryBytes: 1000 },
    ];
    const report = await production({ usage: async () => ({ instances, dbConnections: 1 }) });
    expect(amounts(report)).toMatchObject([{ cpuPercent: null, memoryBytes: 2000 }, {}]);
  });

  it('says what the state says when the router does not answer', async () => {
    const down = () => Promise.reject(new Error('ECONNREFUSED'));
    const report = await production({ router: { apply: down, read: down } });
    expect(report?.releases.stable).toEqual(aRelease('first'));
    expect(JSON.stringify(report)).not.toContain('ECONNREFUSED');
  });

  it('says why a rollout stands still', async () => {
    const trouble = { code: 'AUDIT_CORRUPT', message: 'line 3 is broken', remedy: 'Mend it.' };
    expect((await production({ troubleOf: () => trouble }))?.trouble).toEqual(trouble);
  });

  it('rejects when a state can not be read', async () => {
    await expect(production({ stateOf: () => Promise.reject(new Error('STATE_CORRUPT')) })).rejects.toThrow(
      'STATE_CORRUPT',
    );
  });
});
