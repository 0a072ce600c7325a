import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { prunePnpmLockfile } from './pnpm-pruning';
import { builtApp, plant, removePlanted } from './testing/workspace';

jest.setTimeout(60_000); // @nx/js is loaded in a process of its own

afterEach(removePlanted);

const lockfile = `lockfileVersion: '9.0'
settings:
  autoInstallPeers: true
  excludeLinksFromLockfile: false
importers:
  .:
    devDependencies:
      which:
        specifier: 4.0.0
        version: 4.0.0
  apps/app:
    dependencies:
      ms:
        specifier: ^2.0.0
        version: 2.1.3
packages:
  ms@2.1.3:
    resolution: {integrity: sha512-ms}
  which@4.0.0:
    resolution: {integrity: sha512-which}
snapshots:
  ms@2.1.3: {}
  which@4.0.0: {}
`;
const packageNode = (packageName: string, version: string) => ({
  type: 'npm' as const,
  name: `npm:${packageName}` as const,
  data: { packageName, version },
});
const graph = {
  nodes: { app: { type: 'app' as const, name: 'app', data: { root: 'apps/app' } } },
  externalNodes: { 'npm:ms': packageNode('ms', '2.1.3'), 'npm:which': packageNode('which', '4.0.0') },
  dependencies: {},
};

describe('the pruned pnpm-lock.yaml', () => {
  const manifest = { name: 'app', dependencies: { ms: '^2.0.0' } };

  it('is written by the @nx/js of the workspace that is deployed, wherever Sluice was started', async () => {
    const worktree = plant({
      'nx.json': {},
      'package.json': { packageManager: 'pnpm@10.0.0', devDependencies: { which: '4.0.0' } },
      'pnpm-lock.yaml': lockfile,
      'apps/app/package.json': manifest,
    });
    mkdirSync(join(worktree, 'node_modules', '@nx'), { recursive: true });
    symlinkSync(dirname(require.resolve('@nx/js/package.json')), join(worktree, 'node_modules/@nx/js'));
    const folder = plant({});
    await prunePnpmLockfile({ ...builtApp(worktree, { graph }), folder, manifest });

    const pruned = readFileSync(join(folder, 'pnpm-lock.yaml'), 'utf8');
    expect(pruned).toContain('ms@2.1.3');
    expect(pruned).not.toContain('which');
    expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).toEqual({
      ...manifest,
      packageManager: 'pnpm@10.0.0',
    });
  });

  it('needs @nx/js', async () => {
    const worktree = plant({ 'package.json': {}, 'pnpm-lock.yaml': lockfile });
    await expect(
      prunePnpmLockfile({ ...builtApp(worktree, { graph }), folder: plant({}), manifest }),
    ).rejects.toMatchObject({ code: 'PRUNING_MISSING', remedy: 'Install it: nx add @nx/js' });
  });
});
