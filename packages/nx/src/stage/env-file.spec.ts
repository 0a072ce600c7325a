import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runtimeOf } from '@sluice/core';
import { aConfig } from '@sluice/core/testing';
import { withEnvFile } from './env-file';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'sluice-env-file-'))));
afterEach(() => rm(folder, { recursive: true }));

const config = aConfig({
  runtime: { command: ['node', 'main.js'], envFile: 'app.env', env: { LOG: 'warn' } },
  environments: { staging: { port: 4001, env: { NAME: 'trial' } }, production: { port: 4000 } },
});

describe('the environment file of a project', () => {
  it('is part of the release, and what is set in sluice.json wins', async () => {
    await writeFile(join(folder, 'app.env'), 'LOG=info\nNAME="the shop"\nSIZE=3 # pages\n');
    const { staging, production } = runtimeOf(await withEnvFile(config, folder, 'sluice.json'));
    expect(production.env).toEqual({ LOG: 'warn', NAME: 'the shop', SIZE: '3' });
    expect(staging.env).toEqual({ LOG: 'warn', NAME: 'trial', SIZE: '3' });
  });

  it('that is not there is a problem of sluice.json', async () => {
    await expect(withEnvFile(config, folder, 'apps/shop/sluice.json')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('runtime.envFile: there is no file "app.env"') as unknown,
    });
  });

  it('is not asked for where none is named', async () => {
    expect(await withEnvFile(aConfig(), folder, 'sluice.json')).toEqual(aConfig());
  });
});
