import type { EnvironmentState } from '@sluice/core';
import { aRelease, aState, aStateIn, phases } from '@sluice/core/testing';
import { findRepository } from '@sluice/adapters/git';
import { siteIn, type Site } from '../stage/ground';
import { fakeHost, type FakeHost } from '../testing/fake-host';
import { scratchRepository } from '../testing/repository';
import { removeWorkspaces } from '../testing/workspace';
import { down } from './down';

let host: FakeHost;
let site: Site;
let production: EnvironmentState;
let said: string[];

beforeEach(async () => {
  const root = scratchRepository({ 'app/sluice.json': {} });
  site = await siteIn(await findRepository(root), { project: 'app', projectRoot: 'app', configuration: null });
  said = [];
  const staging = aStateIn(phases.over, { environment: 'staging' });
  host = await fakeHost(root, {
    'GET /states/app/staging': () => staging,
    'GET /states/app/production': () => production,
    'GET /events/app/staging': () => staging,
    'GET /events/app/production': () => production,
    'POST /downs': () => ({ how: 'ending' }),
    'POST /close': () => ({ closing: true }),
  });
});
afterEach(() => host.close());
afterAll(removeWorkspaces);

const takeDown = (options: Parameters<typeof down>[1] = {}) => down(site, options, (line) => void said.push(line));
const downs = () => host.asked.filter(({ call }) => call === 'POST /downs').length;

describe('deploy-down', () => {
  it('takes every environment out of service, and ends the host', async () => {
    production = aStateIn(phases.over);
    expect(await takeDown()).toBe(true);
    expect(said).toEqual([
      'app is out of service in staging',
      'app is out of service in production',
      'the host has ended',
    ]);
  });

  it('touches no environment when one is refused, as a rollout is under way', async () => {
    production = aStateIn(phases.watching);
    await expect(takeDown()).rejects.toMatchObject({ code: 'ROLLOUT_IN_PROGRESS' });
    expect(downs()).toBe(0);
    expect(await takeDown({ environment: 'staging' })).toBe(true);
  });

  it('says what served where the state was lost', async () => {
    production = aState();
    host.answers['GET /events/app/production'] = () => aState({ stable: null });
    expect(await takeDown({ environment: 'production' })).toBe(true);
    expect(said[0]).toBe(
      `app is out of service in production; its state had been lost, what served was first (${aRelease('first').id})`,
    );
  });

  it('touches no environment when the state of one can not be read', async () => {
    const problem = { code: 'STATE_CORRUPT', message: 'The state file is empty.', remedy: 'Restore it.' };
    host.answers['GET /states/app/production'] = () => ({ problem });
    await expect(takeDown()).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    expect(downs()).toBe(0);
  });
});
