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

  it('does not depend on ports, so that a release keeps its identity when they change', () => {
    const moved = aConfig({ environments: { staging: { port: 5001 }, production: { port: 5000 } } });
    expect(runtimeOf(moved)).toEqual(runtimeOf(aConfig()));
  });
});
