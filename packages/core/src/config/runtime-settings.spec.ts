import { toProblem } from '../errors';
import { aConfigInput } from '../testing';
import { parseConfig } from './parse';

const problemOf = (runtime: object, production: object = {}): string => {
  const whole = aConfigInput();
  const environments = { ...whole.environments, production: { ...whole.environments.production, ...production } };
  try {
    parseConfig(JSON.stringify({ runtime: { ...whole.runtime, ...runtime }, environments }), 'sluice.json');
    return 'none';
  } catch (thrown) {
    return toProblem(thrown).message;
  }
};

describe('the settings of how a release runs', () => {
  it('may name a folder, a user, a size and what is run around its life', () => {
    const hook = { command: ['node', 'migrate.js'], timeout: '10m' };
    const settings = { cwd: 'server', user: 'www-data', memory: '512MB', beforeStart: hook, afterStop: hook };
    expect(problemOf({ ...settings, envFile: 'config/app.env' })).toBe('none');
    expect(problemOf({ user: '1001:1002' }, { envFile: '~/app.env', secrets: { TOKEN: '/run/secrets/token' } })).toBe(
      'none',
    );
  });

  it.each([
    ['a folder that is not in the release', { cwd: '../other' }, 'runtime.cwd: "../other" is not a folder inside'],
    ['an environment file that is not in the project', { envFile: '/etc/app.env' }, 'is not inside the project'],
    ['a user that is no name', { user: 'no such name' }, 'runtime.user: expected a name, or numbers'],
    ['a size without a unit', { memory: '512' }, 'runtime.memory: expected a size such as "512MB"'],
    ['no memory at all', { memory: '0MB' }, 'runtime.memory: expected a size'],
    ['a hook without a command', { beforeStart: {} }, 'runtime.beforeStart.command: expected a list, found nothing'],
    [
      'a hook that outlasts the command that waits for it',
      { beforeStart: { command: ['a'], timeout: '10m' }, health: { startTimeout: '5m' } },
      'runtime.beforeStart.timeout: with runtime.health.startTimeout it is longer than 13m',
    ],
    [
      'a hook that outlasts the command that waits for it, at the end',
      { afterStop: { command: ['a'], timeout: '10m' }, drain: '2m' },
      'runtime.afterStop.timeout: with twice runtime.drain it is longer than 13m',
    ],
  ])('are refused for %s', (_, runtime, problem) => {
    expect(problemOf(runtime)).toContain(problem);
  });

  it.each([
    ['an environment file in the repository', { envFile: 'app.env' }, 'expected an absolute path, or one that starts'],
    ['a secret in the repository', { secrets: { TOKEN: './token' } }, 'production.secrets.TOKEN: expected an absolute'],
    ['a secret without a proper name', { secrets: { 'a-b': '/token' } }, 'expected a name of letters, digits and "_"'],
  ])('are refused for %s', (_, production, problem) => {
    expect(problemOf({}, production)).toContain(problem);
  });
});
