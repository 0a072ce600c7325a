import { settling, standingOf, type Container } from './standing';

const now = Date.UTC(2026, 10, 24);
const container = (more: Partial<Container>): Container => ({
  ...{ id: 'a', name: 'x_db_1', service: 'db', hash: 'h', image: 'i', imageName: 'n', state: 'running', exitCode: 0 },
  ...{
    startedAt: now - 60_000,
    health: null,
    isKept: false,
    isRetried: false,
    publishes: false,
    ports: [],
    addresses: [],
  },
  ...more,
});
const stand = (containers: Partial<Container>[], replicas = 1) => {
  const { how, words } = standingOf({ name: 'db', replicas, isBuilt: false }, containers.map(container), now);
  return [how, words];
};

describe('a service', () => {
  it.each<[string, Partial<Container>[], string, string]>([
    ['is ready when it is healthy', [{ health: 'healthy' }], 'ready', 'healthy'],
    ['is waited for while its health is not known', [{ health: 'starting' }], 'waiting', 'starting'],
    ['has failed when it is unhealthy', [{ health: 'unhealthy' }], 'failed', 'unhealthy'],
    ['is ready when it runs and has no health check', [{}], 'ready', 'running'],
    [
      'is waited for when it has just begun',
      [{ startedAt: now - settling + 1 }],
      'waiting',
      'running for a moment only',
    ],
    [
      'is waited for when it never began',
      [{ state: 'created', startedAt: Number.NaN }],
      'waiting',
      'created, not started',
    ],
    ['is waited for when nobody knows since when', [{ startedAt: Number.NaN }], 'waiting', 'running for a moment only'],
    ['is done when it ended with 0', [{ state: 'exited' }], 'ready', 'done'],
    ['has failed when it ended with 1', [{ state: 'exited', exitCode: 1 }], 'failed', 'exited with code 1'],
    [
      'has failed when it ended with 0 and has a health check',
      [{ state: 'exited', health: 'healthy' }],
      'failed',
      'exited with code 0',
    ],
    [
      'has failed when it ended with 0 and has ports',
      [{ state: 'exited', publishes: true }],
      'failed',
      'exited with code 0',
    ],
    [
      'is waited for when it will be started again',
      [{ state: 'exited', isKept: true }],
      'waiting',
      'exited with code 0',
    ],
    [
      'is waited for when it is tried again',
      [{ state: 'exited', exitCode: 3, isRetried: true }],
      'waiting',
      'exited with code 3',
    ],
    ['is waited for between two starts', [{ state: 'restarting', exitCode: 2 }], 'waiting', 'restarting after code 2'],
    ['has failed when it was paused', [{ state: 'paused' }], 'failed', 'paused'],
    ['has failed in a state that nobody knows', [{ state: 'dreaming' }], 'failed', 'dreaming'],
    ['has failed when there is no container of it', [], 'failed', 'not there'],
    ['has failed when there is one of another service', [{ service: 'cache' }], 'failed', 'not there'],
  ])('%s', (_, containers, how, words) => {
    expect(stand(containers)).toEqual([how, words]);
  });

  it('stands as the worst of its containers', () => {
    expect(stand([{ health: 'healthy' }, { health: 'unhealthy' }, {}], 3)).toEqual(['failed', 'unhealthy']);
    expect(stand([{ health: 'healthy' }, { health: 'starting' }], 2)).toEqual(['waiting', 'starting']);
    expect(stand([{ health: 'healthy' }], 2)).toEqual(['failed', '1 of 2']);
  });

  it('of which none is wanted is ready', () => {
    expect(stand([], 0)).toEqual(['ready', 'none wanted']);
  });
});
