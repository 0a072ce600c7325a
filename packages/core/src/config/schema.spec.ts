import { digestOf } from '../digest';
import { aConfig } from '../testing';
import { runtimeOf } from './schema';

describe('what a release carries of the configuration', () => {
  it('is the runtime with each environment merged in', () => {
    const config = aConfig({
      runtime: { command: ['node', 'main.js'], env: { NAME: 'shop', LOG: 'info' }, instances: 2 },
      environments: { staging: { port: 4001, instances: 1 }, production: { port: 4000, env: { LOG: 'warn' } } },
    });
    expect(runtimeOf(config)).toMatchObject({
      staging: { command: ['node', 'main.js'], env: { NAME: 'shop', LOG: 'info' }, instances: 1, metrics: null },
      production: { env: { NAME: 'shop', LOG: 'warn' }, instances: 2, drain: 10_000 },
    });
  });

  it('names the files of values, each environment its own', () => {
    const config = aConfig({
      environments: {
        staging: { port: 4001, envFile: '/etc/shop/staging.env' },
        production: { port: 4000, secrets: { DB_PASSWORD: '~/shop/db-password' } },
      },
    });
    expect(runtimeOf(config)).toMatchObject({
      staging: { envFile: '/etc/shop/staging.env', secrets: undefined },
      production: { envFile: undefined, secrets: { DB_PASSWORD: '~/shop/db-password' } },
    });
  });

  it('is the same as before for who does not set what is new', () => {
    expect(digestOf(runtimeOf(aConfig()))).toBe('0e84ecd72d978caa2459de74e5201f91af4aa610cabbcc40cd31fb2c7c3b4b9a');
  });

  it('does not depend on ports, so that a release keeps its identity when they change', () => {
    const moved = aConfig({ environments: { staging: { port: 5001 }, production: { port: 5000 } } });
    expect(runtimeOf(moved)).toEqual(runtimeOf(aConfig()));
  });
});
