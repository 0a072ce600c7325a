import type { EnvironmentState } from '@sluice/core';
import { aRelease, aState } from '@sluice/core/testing';
import { findRepository } from '@sluice/adapters/git';
import { siteIn, type Site } from '../stage/ground';
import { fakeHost, type FakeHost } from '../testing/fake-host';
import { scratchRepository } from '../testing/repository';
import { removeWorkspaces } from '../testing/workspace';
import { retry } from './retry';

const [start, crash] = [aRelease('broken-start').id, aRelease('broken-crash').id];
const refusedOnes = (...ids: string[]): EnvironmentState =>
  aState({ refused: ids.map((release) => ({ release, reason: 'twice the errors', at: 0 })) });

let host: FakeHost;
let site: Site;
let state: EnvironmentState;

beforeEach(async () => {
  const root = scratchRepository({ 'app/sluice.json': {} });
  site = await siteIn(await findRepository(root), { project: 'app', projectRoot: 'app', configuration: null });
  host = await fakeHost(root, {
    'GET /states/app/production': () => state,
    'POST /permits': () => ({ how: 'done' }),
  });
});
afterEach(() => host.close());
afterAll(removeWorkspaces);

const permitted = () => host.asked.filter(({ call }) => call === 'POST /permits').map(({ body }) => body);
const ask = (release?: string) => retry(site, { reason: 'mended', ...(release ? { release } : {}) }, () => undefined);

describe('deploy-retry', () => {
  it('allows the one release that is refused, without being told which', async () => {
    state = refusedOnes(start);
    expect(await ask()).toBe(true);
    expect(permitted()).toMatchObject([{ release: start, reason: 'mended' }]);
  });

  it('does not guess which one is meant where several are refused, and names a command for each', async () => {
    state = refusedOnes(start, crash);
    await expect(ask()).rejects.toMatchObject({
      code: 'SEVERAL_REFUSED',
      remedy: expect.stringContaining(`nx run app:deploy-retry --release=${start} --reason=`) as string,
    });
    expect(permitted()).toEqual([]);
    await ask(start);
    expect(permitted()).toMatchObject([{ release: start }]);
  });

  it('says so where nothing is refused', async () => {
    state = refusedOnes();
    await expect(ask()).rejects.toMatchObject({ code: 'NOTHING_REFUSED' });
  });
});
