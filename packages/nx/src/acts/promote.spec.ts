import { aStateIn, phases } from '@sluice/core/testing';
import { findRepository } from '@sluice/adapters/git';
import { siteIn, type Site } from '../stage/ground';
import { fakeHost, type FakeHost } from '../testing/fake-host';
import { scratchRepository } from '../testing/repository';
import { removeWorkspaces } from '../testing/workspace';
import { promote } from './promote';

let host: FakeHost;
let site: Site;

beforeEach(async () => {
  const root = scratchRepository({ 'app/sluice.json': {} });
  site = await siteIn(await findRepository(root), { project: 'app', projectRoot: 'app', configuration: null });
  host = await fakeHost(root, {
    'GET /states/app/production': () => aStateIn({ ...phases.watching, waiting: 'person' }),
    'POST /promotions': () => ({ how: 'done' }),
  });
});
afterEach(() => host.close());
afterAll(removeWorkspaces);

describe('deploy-promote', () => {
  it('asks the host to let the step go on, and says what does and how to follow it', async () => {
    const said: string[] = [];
    expect(await promote(site, { reason: 'closed at night' }, (line) => said.push(line))).toBe(true);
    expect(said.join()).toMatch(/^next \(\w+\) goes on from 5 % of production; follow it: nx run app:deploy-prod$/);
    const [asked] = host.asked.filter(({ call }) => call === 'POST /promotions');
    expect(asked?.body).toMatchObject({ project: 'app', environment: 'production', reason: 'closed at night' });
  });

  it('prints one JSON document for machines', async () => {
    const said: string[] = [];
    await promote(site, { reason: 'closed at night', json: true }, (line) => said.push(line));
    expect(JSON.parse(said.join('\n'))).toMatchObject({ outcome: 'promoted', environment: 'production', traffic: 5 });
  });
});
