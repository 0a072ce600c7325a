import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentState } from '@sluice/core';
import { aState, aStateIn, phases } from '@sluice/core/testing';
import { nothingLive } from './idle';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'sluice-idle-'))));
afterEach(() => rm(folder, { recursive: true }));

const file = () => join(folder, 'instances.json');
const idle = (...states: (EnvironmentState | null)[]) => nothingLive(file(), async () => states);

describe('nothing is live', () => {
  it.each([
    ['where nothing ever was', []],
    ['where all was taken down', [aState({ stable: null }), aStateIn(phases.over, { stable: null })]],
  ])('%s', async (_, states) => {
    expect(await idle(...states)).toBe(true);
  });

  it.each([
    ['a release is', [aState({ stable: null }), aState()]],
    ['a first rollout is under way', [aStateIn(phases.starting, { stable: null })]],
  ])('but not where %s', async (_, states) => {
    expect(await idle(...states)).toBe(false);
  });

  it('but not while instances are known, or what is there can not be read', async () => {
    expect(await nothingLive(file(), () => Promise.reject(new Error('corrupt')))).toBe(false);
    await writeFile(file(), '{"version":1,"workloads":[');
    expect(await idle()).toBe(false);
  });
});
