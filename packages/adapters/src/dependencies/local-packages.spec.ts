import { plant, removeScratch, scratchFolder } from '../files/testing/scratch-folder';
import { hasLocalPackages } from './local-packages';
import type { Lockfile } from './lockfile';

afterAll(removeScratch);

const nothing = {};
const berry = (entries: string) => `__metadata:\n  version: 8\n\n"root@workspace:.":\n  version: 0\n${entries}`;

describe('packages that are folders of the repository', () => {
  it.each<[boolean, Lockfile['manager'], string, string, object]>([
    [false, 'npm', 'are not there where nothing is', '{"packages":{"":{}}}', nothing],
    [true, 'npm', 'are links in the lockfile', '{"packages":{"node_modules/a":{"link": true}}}', nothing],
    [true, 'npm', 'are workspaces', '{}', { workspaces: ['libs/*'] }],
    [true, 'npm', 'are folders that the manifest names', '{}', { devDependencies: { a: 'file:libs/a' } }],
    [false, 'npm', 'are not tarballs', '{}', { devDependencies: { a: 'file:../a-1.0.0.tgz' } }],
    [false, 'pnpm', 'are not those of a registry', 'packages:\n  ms@2.1.3:\n    resolution: {}', nothing],
    [true, 'pnpm', 'are links', 'importers:\n  .:\n    a:\n      version: link:libs/a', nothing],
    [true, 'pnpm', 'are folders', 'packages:\n  a@file:libs/a:\n    resolution: {}', nothing],
    [false, 'pnpm', 'are not tarballs', 'packages:\n  a@file:a-1.0.0.tgz:\n    resolution: {}', nothing],
    [false, 'yarn', 'are not those of a registry', 'ms@^2.1.3:\n  version "2.1.3"', nothing],
    [true, 'yarn', 'are folders', '"a@file:./libs/a":\n  version "1.0.0"', nothing],
    [false, 'berry', 'are not the workspace itself', berry('"ms@npm:^2.1.3":\n  version: 2.1.3'), nothing],
    [true, 'berry', 'are workspaces', berry('"a@workspace:libs/a":\n  version: 0'), nothing],
    [true, 'berry', 'are portals', berry('"a@portal:../a::locator=root":\n  version: 0'), nothing],
  ])('(%s) with %s %s', async (expected, manager, _, text, manifest) => {
    const folder = plant(scratchFolder(), { 'package.json': JSON.stringify(manifest) });
    expect(await hasLocalPackages(folder, { manager, file: '', text })).toBe(expected);
  });

  it('are taken to be there where the manifest can not be read', async () => {
    const folder = plant(scratchFolder(), { 'package.json': '{' });
    expect(await hasLocalPackages(folder, { manager: 'npm', file: '', text: '{}' })).toBe(true);
  });
});
