import { once } from 'node:events';
import { createServer } from 'node:net';
import { aContext, aStageRun } from '../testing/stage-run';
import { fakeHost, type FakeHost } from '../testing/fake-host';
import { scratchRepository } from '../testing/repository';
import { removeWorkspaces } from '../testing/workspace';
import { infra } from './infra';

const held = createServer();
let taken: number;
let free: number;
let host: FakeHost | null = null;

beforeAll(async () => {
  held.listen(0, '127.0.0.1');
  await once(held, 'listening');
  taken = portOf(held);
  const passing = createServer().listen(0, '127.0.0.1');
  await once(passing, 'listening');
  free = portOf(passing);
  passing.close();
  await once(passing, 'close');
});
afterEach(async () => host?.close());
afterAll(() => {
  held.close();
  removeWorkspaces();
});

function portOf(server: typeof held): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it does not listen');
  return address.port;
}

/** Runs the stage with this address of staging, which is live already or not. */
async function infraWith(staging: { port: number; host: string }, isLive: boolean) {
  const other = { port: staging.port === free ? taken : free, host: '127.0.0.1' };
  const settings = { runtime: { command: ['node', 'main.js'] }, environments: { staging, production: other } };
  const root = scratchRepository({ 'app/sluice.json': settings });
  const live = (environment: string) => ({ environment, split: [{ slot: 'stable', release: 'a', weight: 100 }] });
  host = await fakeHost(root, {
    'GET /status/app': () => ({ environments: [live('production'), ...(isLive ? [live('staging')] : [])] }),
  });
  return infra((await aStageRun(root, settings, aContext(root, 'deploy-infra'))).run);
}

describe('the infrastructure stage', () => {
  it('refuses a port that somebody else has', async () => {
    await expect(infraWith({ port: taken, host: '127.0.0.1' }, false)).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  });

  it('takes a port that is in use where the environment is live already: by its own router', async () => {
    expect(await infraWith({ port: taken, host: '127.0.0.1' }, true)).toMatchObject({
      verdict: expect.stringMatching(/^(pass|warn)$/) as string,
    });
  });

  it.each([false, true])('says in its own words that an address is not of this machine (live: %s)', async (isLive) => {
    await expect(infraWith({ port: free, host: '192.0.2.1' }, isLive)).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: `The router can't listen on port ${free} of 192.0.2.1: this machine does not have that address (EADDRNOTAVAIL).`,
      remedy: expect.stringContaining('an address of this machine') as string,
    });
  });

  it('says that a name is not known', async () => {
    await expect(infraWith({ port: free, host: 'nowhere.invalid' }, false)).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: expect.stringMatching(/(ENOTFOUND|EAI_AGAIN)/) as string,
    });
  });
});
