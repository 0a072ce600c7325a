import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sluiceError } from '@sluice/core';
import { createStateStore } from '@sluice/adapters/files';
import { aState } from '@sluice/core/testing';
import { findRepository } from '@sluice/adapters/git';
import { connectHost } from '@sluice/host/client';
import { siteIn, type Site } from '../stage/ground';
import { fakeHost, type FakeHost } from '../testing/fake-host';
import { scratchRepository } from '../testing/repository';
import { removeWorkspaces } from '../testing/workspace';
import { retry } from './retry';
import { rollBack } from './rollback';
import { verify } from './verify';
import { withHost } from './with-host';

let site: Site;
let host: FakeHost | undefined;

beforeEach(async () => {
  const root = scratchRepository({ 'app/sluice.json': {} });
  site = await siteIn(await findRepository(root), { project: 'app', projectRoot: 'app', configuration: null });
  host = undefined;
});
afterEach(() => host?.close());
afterAll(removeWorkspaces);

const start = async (root: string) => {
  host = await fakeHost(root, { 'POST /close': () => ({ closing: true }) });
  return connectHost(root);
};
const never = () => sluiceError('NO_WAY_BACK', { environment: 'production' });
const silent = () => undefined;
const closed = () => host?.asked.some(({ call }) => call === 'POST /close');

describe('an act that asks the host', () => {
  it.each([
    ['deploy-verify', () => verify(site, {}, silent), 'RELEASE_UNKNOWN'],
    ['deploy-rollback', () => rollBack(site, {}, silent), 'NO_WAY_BACK'],
    ['deploy-retry', () => retry(site, { reason: 'mended' }, silent), 'NOTHING_REFUSED'],
    ['deploy-retry --release', () => retry(site, { reason: 'mended', release: 'x' }, silent), 'RELEASE_NOT_REFUSED'],
  ])('starts none where nothing was ever deployed: %s', async (_, act, code) => {
    await expect(act()).rejects.toMatchObject({ code });
    expect(existsSync(join(site.root, '.sluice/host/controller.log'))).toBe(false);
  });

  it('ends the one that it started, unless something is live: that is for the host to say', async () => {
    await createStateStore(site.root).save(aState());
    expect(await withHost(site, never, async () => 'done', start)).toBe('done');
    expect(closed()).toBe(true);
  });

  it('ends the one that it started when the act is refused', async () => {
    await createStateStore(site.root).save(aState());
    await expect(withHost(site, never, () => Promise.reject(never()), start)).rejects.toMatchObject({
      code: 'NO_WAY_BACK',
    });
    expect(closed()).toBe(true);
  });

  it('leaves one alone that ran before', async () => {
    await start(site.root);
    await withHost(site, never, async () => 'done');
    expect(closed()).toBe(false);
  });
});
