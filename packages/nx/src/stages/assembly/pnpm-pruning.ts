import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandEnv, runCommand } from '@sluice/adapters/checks';
import type { Installation } from './install';
import { pruningMissing, unlocked } from './problems';

/**
 * Lets the workspace's own @nx/js write `package.json` and the pruned `pnpm-lock.yaml`. In a process of its own, since it
 * takes its workspace from where it is started, and that is not the worktree here.
 *
 * Rejects with `PRUNING_MISSING` and `DEPENDENCIES_UNLOCKED`.
 */
export async function prunePnpmLockfile(wanted: Installation): Promise<void> {
  const { folder, manifest, worktree, project, projectRoot, graph, signal } = wanted;
  if (!isInstalled('@nx/js', worktree)) throw pruningMissing('pnpm');
  const temporary = await mkdtemp(join(tmpdir(), 'sluice-pruning-'));
  try {
    const input = join(temporary, 'input.json');
    await writeFile(input, JSON.stringify({ folder, manifest, worktree, project, projectRoot, graph }));
    const env = commandEnv(process.env, { NX_WORKSPACE_ROOT_PATH: worktree });
    const end = await runCommand(['node', '-e', script, input], { cwd: worktree, env }, signal);
    if (end.exitCode !== 0) throw unlocked(`@nx/js could not prune pnpm-lock.yaml: ${end.lastLines.join('\n')}`);
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
const { folder, manifest, worktree, project, projectRoot, graph } = JSON.parse(readFileSync(process.argv[1], 'utf8'));
const { pnpm, packageManager } = js.createPackageJson(project, graph, { root: worktree, isProduction: true }, {});
Object.assign(manifest, { pnpm, packageManager });
if (js.generatePrunedDeployOutput) {
  js.generatePrunedDeployOutput(manifest, graph, projectRoot, {
    outputDirectory: folder, packageManager: 'pnpm', workspaceRoot: worktree,
  });
} else {
  writeFileSync(join(folder, 'pnpm-lock.yaml'), js.createLockFile(manifest, graph, 'pnpm'));
}
writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
`;
