import { commandEnv } from './command-env';

describe('the environment of a command', () => {
  it('takes out what nx tells its tasks, and counts the depth', () => {
    const base = { PATH: '/bin', NX_TASK_HASH: 'x', NX_DAEMON: 'true', FORCE_COLOR: '1', TOKEN: 'x', GONE: undefined };

    expect(commandEnv(base, { BASE_URL: 'http://127.0.0.1:1', NX_CACHE_DIRECTORY: '/c' })).toEqual({
      PATH: '/bin',
      TOKEN: 'x',
      NX_DAEMON: 'false',
      SLUICE_DEPTH: '1',
      BASE_URL: 'http://127.0.0.1:1',
      NX_CACHE_DIRECTORY: '/c',
    });
  });

  it('refuses to go deeper than a test that deploys', () => {
    expect(commandEnv({ SLUICE_DEPTH: '1' })).toMatchObject({ SLUICE_DEPTH: '2' });
    expect(() => commandEnv({ SLUICE_DEPTH: '2' })).toThrow('A Sluice stage started itself again (2 levels).');
  });
});
