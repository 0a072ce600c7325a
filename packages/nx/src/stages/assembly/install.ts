import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import { copyLocalPackages } from './local-packages';
import { readManifest, withSpecs, type Manifest } from './manifest';
import { parseNpmLockfile } from './npm-lockfile';
import { pruneNpmLockfile } from './npm-pruning';
import { pruneByNx } from './nx-pruning';
import { withOverrides } from './overrides';
import { managerOf, runInstall, type PackageManager } from './package-manager';
import { unlocked } from './problems';

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
  const { folder, manifest, worktree, projectRoot, signal } = wanted;
  const built = await managerOf(folder);
  if (built) {
    await writeJson(join(folder, 'package.json'), manifest);
    return runInstall(built, { folder, workspace: worktree, signal });
  }
  for (const [base, importer] of [
    [join(worktree, projectRoot), ''],
    [worktree, projectRoot],
  ] as const) {
    const manager = await managerOf(base);
    if (!manager) continue;
    if (manager.name === 'npm') await pruneByNpm(manager, base, importer === '.' ? '' : importer, wanted);
    else await pruneByNx(manager.name, wanted);
    return runInstall(manager, { folder, workspace: worktree, signal });
  }
  throw unlocked(`there is no lockfile of npm, pnpm or yarn in ${worktree}`);
}

/** Writes manifest, lockfile and local packages. */
async function pruneByNpm(
  { lockfile }: PackageManager,
  base: string,
  importer: string,
  { folder, manifest }: Installation,
): Promise<void> {
  const file = join(base, lockfile);
  const whole = parseNpmLockfile(await readFile(file, 'utf8'), file);
  const top = importer === '' ? null : await readManifest(base);
  const stated = top ? withOverrides(manifest, top) : manifest;
  const pruned = pruneNpmLockfile(whole, importer, stated);
  await copyLocalPackages(pruned.locals, base, folder);
  await writeJson(join(folder, 'package.json'), {
    ...withSpecs(stated, pruned.specs),
    // which packages may run scripts as they are installed: npm asks the top alone
    ...(top?.['allowScripts'] !== undefined && { allowScripts: top['allowScripts'] }),
  });
  await writeJson(join(folder, lockfile), pruned.lockfile);
}

const writeJson = (file: string, content: unknown): Promise<void> =>
  writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
