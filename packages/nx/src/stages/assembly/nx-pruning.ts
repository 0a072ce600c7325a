import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandEnv, runCommand } from '@sluice/adapters/checks';
import type { Installation } from './install';
import { statedBy } from './manifest';
import type { PackageManager } from './package-manager';
import { packagesUnshippable, pruningMissing, unlocked } from './problems';

/**
 * Lets the workspace's own @nx/js write `package.json` and the pruned lockfile of pnpm or yarn. In a process of its own,
 * since it takes its workspace from where it is started, and that is not the worktree here.
 *
 * Rejects with `PRUNING_MISSING`, `WORKSPACE_PACKAGE_UNSHIPPABLE` and `DEPENDENCIES_UNLOCKED`.
 */
export async function pruneByNx(manager: PackageManager['name'], wanted: Installation): Promise<void> {
  const { folder, manifest, worktree, project, projectRoot, graph, signal } = wanted;
  const local = new Set(Object.values(graph.nodes).map(({ data }) => data.metadata?.js?.packageName));
  const unshippable = Object.keys(statedBy(manifest)).filter((name) => local.has(name));
  if (unshippable.length) throw packagesUnshippable(manager, unshippable);
  if (!isInstalled('@nx/js', worktree)) throw pruningMissing(manager);

  const temporary = await mkdtemp(join(tmpdir(), 'sluice-pruning-'));
  try {
    const input = join(temporary, 'input.json');
    await writeFile(input, JSON.stringify({ folder, manifest, worktree, project, projectRoot, manager, graph }));
    const env = commandEnv(process.env, { NX_WORKSPACE_ROOT_PATH: worktree });
    const end = await runCommand(['node', '-e', script, input], { cwd: worktree, env }, signal);
    if (end.exitCode !== 0)
      throw unlocked(`@nx/js could not prune the lockfile of ${manager}: ${end.lastLines.join('\n')}`);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function isInstalled(name: string, workspace: string): boolean {
  try {
    createRequire(join(workspace, 'package.json')).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * What runs there. The empty file map keeps @nx/js from adding what sources import, so that it adds the workspace's
 * overrides and settings alone; newer versions write what else pnpm needs, such as patches.
 */
const script = `
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const js = require('@nx/js');
const { folder, manifest, worktree, project, projectRoot, manager, graph } = JSON.parse(readFileSync(process.argv[1], 'utf8'));
const { overrides, pnpm, resolutions, packageManager } =
  js.createPackageJson(project, graph, { root: worktree, isProduction: true }, {});
Object.assign(manifest, { overrides, pnpm, resolutions, packageManager });
if (js.generatePrunedDeployOutput) {
  js.generatePrunedDeployOutput(manifest, graph, projectRoot, {
    outputDirectory: folder, packageManager: manager, workspaceRoot: worktree,
  });
} else {
  writeFileSync(join(folder, js.getLockFileName(manager)), js.createLockFile(manifest, graph, manager));
}
writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
`;
