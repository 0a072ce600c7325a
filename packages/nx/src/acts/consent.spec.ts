import { aPlan, aRelease, aState, aStateIn, phases } from '@sluice/core/testing';
import { findRepository } from '@sluice/adapters/git';
import type { EnvironmentState } from '@sluice/core';
import { siteIn, type Site } from '../stage/ground';
import { fakeHost, type FakeHost } from '../testing/fake-host';
import { scratchRepository } from '../testing/repository';
import { removeWorkspaces } from '../testing/workspace';
import { approve } from './approve';
import { reject } from './reject';
import { unfreeze } from './unfreeze';

let host: FakeHost;
let site: Site;
let state: EnvironmentState;
let said: string[];

const rule = { before: 'production' as const, by: 2, from: null, ttl: 3_600_000 };
const say = (line: string): void => void said.push(line);
const asked = (path: string) => host.asked.find(({ call }) => call === path)?.body;

beforeEach(async () => {
  const root = scratchRepository({ 'app/sluice.json': {} });
  site = await siteIn(await findRepository(root), { project: 'app', projectRoot: 'app', configuration: null });
  state = aStateIn({ ...phases.watching, waiting: 'approval' }, {}, aPlan({ approvals: [rule] }));
  said = [];
  host = await fakeHost(root, {
    'GET /states/app/production': () => state,
    'POST /approvals': (body) => {
      const { by, release } = body as { by: string; release: string };
      const given = { before: 'production' as const, by, release, at: 0, expires: Date.now() + 60_000, reason: 'why' };
      state = { ...state, rollout: state.rollout && { ...state.rollout, approvals: [given] } };
      return { how: 'done' };
    },
    'POST /rejections': () => ({ how: 'ending' }),
    'POST /thaws': (body) => {
      const { lasts } = body as { lasts: number };
      state = { ...state, unfrozen: { by: 'dana', at: 0, until: lasts, reason: 'why' } };
      return { how: 'done' };
    },
    'POST /close': () => ({ closing: false }),
  });
});
afterEach(() => host.close());
afterAll(removeWorkspaces);

describe('deploy-approve', () => {
  it('agrees to the release that is under way, as whoever git says it is, and says how many do', async () => {
    expect(await approve(site, { stage: 'production', reason: 'why' }, say)).toBe(true);
    const next = aRelease('next').id;
    expect(asked('POST /approvals')).toMatchObject({ before: 'production', release: next, reason: 'why' });
    expect(said.join()).toMatch(new RegExp(`agrees to next \\(${next}\\) before production: 1 of 2`));
  });

  it('agrees to the release that is named, and to no other', async () => {
    await approve(site, { stage: 'production', reason: 'why', release: 'abc', json: true }, say);
    expect(asked('POST /approvals')).toMatchObject({ release: 'abc' });
    expect(JSON.parse(said.join('\n'))).toMatchObject({ outcome: 'approved', stage: 'production', wanted: 2 });
  });
});

describe('deploy-reject', () => {
  it('asks the host to take the release back', async () => {
    expect(await reject(site, { reason: 'not today' }, say)).toBe(true);
    expect(asked('POST /rejections')).toMatchObject({ release: aRelease('next').id, reason: 'not today' });
    expect(said.join()).toContain('it is taken back');
  });
});

describe('deploy-unfreeze', () => {
  it('lifts every freeze for a while, also where nothing is under way', async () => {
    state = aState();
    expect(await unfreeze(site, { reason: 'it is urgent', for: '2h' }, say)).toBe(true);
    expect(asked('POST /thaws')).toMatchObject({ lasts: 7_200_000, reason: 'it is urgent' });
    expect(said.join()).toContain('until 1970-01-01 02:00:00 UTC');
  });

  it.each(['soon', '0s', '8d', ''])('refuses to lift it for "%s"', async (text) => {
    await expect(unfreeze(site, { reason: 'why', for: text }, say)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    expect(asked('POST /thaws')).toBeUndefined();
  });
});
