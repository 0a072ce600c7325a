import { instanceEnv, searchPathOf } from './instance-env';

const facts = { port: 4711, release: '1a2b3c4d5e6f', environment: 'production', instance: '1a2b3c4d5e6f-1' };

describe('instanceEnv', () => {
  it('keeps of the controller only what a program needs to run', () => {
    const base = { HOME: '/home/ada', LC_ALL: 'C', TZ: 'UTC', NX_TASK_HASH: 'x', npm_config_cache: 'x', TOKEN: 'x' };
    expect(instanceEnv(base, '/bin', {}, facts)).toEqual({
      HOME: '/home/ada',
      LC_ALL: 'C',
      TZ: 'UTC',
      PATH: '/bin',
      HOST: '127.0.0.1',
      PORT: '4711',
      SLUICE_RELEASE: '1a2b3c4d5e6f',
      SLUICE_ENVIRONMENT: 'production',
      SLUICE_INSTANCE: '1a2b3c4d5e6f-1',
    });
  });

  it('lets settings override what is inherited', () => {
    expect(instanceEnv({ TZ: 'UTC' }, '/bin', { TZ: 'Europe/Berlin', A: 'b' }, facts)).toMatchObject({
      TZ: 'Europe/Berlin',
      A: 'b',
    });
  });

  it('does not let settings override the port that the instance is given', () => {
    expect(instanceEnv({}, '/bin', { PORT: '80', HOST: '0.0.0.0' }, facts)).toMatchObject({
      PORT: '4711',
      HOST: '127.0.0.1',
    });
  });
});

describe('searchPathOf', () => {
  it.each<[string, string | undefined, string]>([
    ["puts the release's own programs first", '/usr/bin:/bin', '/r/node_modules/.bin:/usr/bin:/bin:/opt/node'],
    ['leaves out the programs of checkouts', '/w/node_modules/.bin:/bin', '/r/node_modules/.bin:/bin:/opt/node'],
    ['names the folder of node once', '/opt/node:/bin', '/r/node_modules/.bin:/opt/node:/bin'],
    ['does without a PATH', undefined, '/r/node_modules/.bin:/opt/node'],
  ])('%s', (_, path, expected) => {
    expect(searchPathOf('/r', path, '/opt/node')).toBe(expected);
  });
});
