import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import { copyLocalPackages } from './local-packages';
import { readManifest, statedBy, withSpecs, type Manifest } from './manifest';
import { parseNpmLockfile } from './npm-lockfile';
import { pruneNpmLockfile } from './npm-pruning';
import { withOverrides } from './overrides';
import { managerOf, runInstall, type PackageManager } from './package-manager';
import { prunePnpmLockfile } from './pnpm-pruning';
import { packagesUnshippable, unlocked } from './problems';
import { checkYarnLockfile } from './yarn-lockfile';

export interface Installation {
  /** Where the packages are wanted. */
  folder: string;
  /** What they are. */
  manifest: Manifest;
  worktree: string;
  project: string;
  projectRoot: string;
  graph: ProjectGraph;
  signal: AbortSignal;
}

/**
 * Installs the packages that a manifest states into a folder, in the versions of the nearest lockfile: the one that the
 * build wrote into the folder, the project's own, or the workspace's, pruned. Gives the command that did it.
 *
 * Rejects with `DEPENDENCIES_UNLOCKED`, `DEPENDENCIES_NOT_INSTALLED`, `PACKAGE_MANAGER_MISSING`, `PRUNING_MISSING`,
 * `WORKSPACE_PACKAGE_UNBUILT` and `WORKSPACE_PACKAGE_UNSHIPPABLE`.
 */
export async function installPackages(wanted: Installation): Promise<string> {
  const { folder, worktree, signal } = wanted;
  const manager = await prepare(wanted);
  const lockfile = join(folder, manager.lockfile);
  const before = await readFile(lockfile, 'utf8');
  const command = await runInstall(manager, { folder, workspace: worktree, signal });
  if (manager.name === 'yarn') checkYarnLockfile(before, await readFile(lockfile, 'utf8'));
  return command;
}

/** Puts `package.json` and lockfile into the folder, and what of the workspace they name. */
async function prepare(wanted: Installation): Promise<PackageManager> {
  const { folder, manifest, worktree, projectRoot, graph } = wanted;
  const written = await managerOf(folder);
  if (written) {
    await writeManifest(folder, manifest);
    return written;
  }
  const own = await managerOf(join(worktree, projectRoot));
  const manager = own ?? (await managerOf(worktree));
  if (!manager) throw unlocked(`there is no lockfile of npm, pnpm or yarn in ${worktree}`);
  const base = own ? join(worktree, projectRoot) : worktree;
  const top = own ? null : await readManifest(worktree);

  if (manager.name === 'npm') {
    await prepareNpm(wanted, base, own ? '' : projectRoot, top);
    return manager;
  }
  const local = new Set(Object.values(graph.nodes).map(({ data }) => data.metadata?.js?.packageName));
  const unshippable = Object.keys(statedBy(manifest)).filter((name) => local.has(name));
  if (unshippable.length) throw packagesUnshippable(manager.name, unshippable);
  if (manager.name === 'pnpm') await prunePnpmLockfile(wanted);
  else {
    await writeManifest(folder, { ...manifest, ...only(top, 'resolutions', 'packageManager') });
    await copyFile(join(base, manager.lockfile), join(folder, manager.lockfile));
  }
  return manager;
}

async function prepareNpm(
  { folder, manifest }: Installation,
  base: string,
  importer: string,
  top: Manifest | null,
): Promise<void> {
  const file = join(base, 'package-lock.json');
  const stated = top ? withOverrides(manifest, top) : manifest;
  const whole = parseNpmLockfile(await readFile(file, 'utf8'), file);
  const { lockfile, specs, locals } = pruneNpmLockfile(whole, importer === '.' ? '' : importer, stated);
  await copyLocalPackages(locals, base, folder);
  // npm asks the top alone which packages may run scripts as they are installed
  await writeManifest(folder, { ...withSpecs(stated, specs), ...only(top, 'allowScripts') });
  await writeFile(join(folder, 'package-lock.json'), `${JSON.stringify(lockfile, null, 2)}\n`);
}

const writeManifest = (folder: string, manifest: Manifest): Promise<void> =>
  writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);

const only = (manifest: Manifest | null, ...keys: string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(manifest ?? {}).filter(([key]) => keys.includes(key)));
