import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { commandEnv, runCommand } from '@sluice/adapters/checks';
import { findLockfile, withoutWorkspace } from '@sluice/adapters/dependencies';
import { isThere } from '@sluice/adapters/durable';
import { managerMissing, notInstalled } from './problems';

export interface PackageManager {
  name: 'npm' | 'pnpm' | 'yarn';
  lockfile: string;
  /** Installs what `package.json` and lockfile of a folder say, nothing else and without asking. */
  install: readonly string[];
  env: Readonly<Record<string, string>>;
  /** How the workspace has set it up: registries, tokens, the manager itself. */
  settings: readonly string[];
  /** Notes that it leaves for its own next run: of this machine, of the time, or of nothing new. */
  notes: readonly string[];
}

const npm: PackageManager = {
  name: 'npm',
  lockfile: 'package-lock.json',
  install: ['npm', 'ci', '--omit=dev', '--no-audit', '--no-fund'],
  env: {},
  settings: ['.npmrc'],
  notes: ['node_modules/.package-lock.json'],
};
const pnpm: PackageManager = {
  name: 'pnpm',
  lockfile: 'pnpm-lock.yaml',
  install: ['pnpm', 'install', '--prod', '--frozen-lockfile'],
  env: { CI: 'true' },
  settings: ['.npmrc'],
  notes: ['.modules.yaml', '.pnpm-workspace-state.json', '.pnpm-workspace-state-v1.json'].map(
    (note) => `node_modules/${note}`,
  ),
};
const yarn: PackageManager = {
  name: 'yarn',
  lockfile: 'yarn.lock',
  install: ['yarn', 'install', '--production', '--non-interactive'],
  env: {},
  settings: ['.npmrc', '.yarnrc', '.yarn/releases'],
  notes: ['node_modules/.yarn-integrity'],
};
/** Yarn 2 and newer: Node runs the service without its loader, so packages are folders. */
const berry: PackageManager = {
  ...yarn,
  install: ['yarn', 'install', '--no-immutable'],
  env: { YARN_NODE_LINKER: 'node-modules', YARN_ENABLE_GLOBAL_CACHE: 'true', YARN_ENABLE_TELEMETRY: 'false' },
  settings: ['.npmrc', '.yarnrc.yml', '.yarn/releases', '.yarn/plugins', '.yarn/patches'],
  notes: ['node_modules/.yarn-state.yml', 'node_modules/.package-map.json', '.yarn'],
};

/** The manager whose lockfile a folder has; `null` where it has none. */
export async function managerOf(folder: string): Promise<PackageManager | null> {
  const lockfile = await findLockfile(folder);
  return lockfile && { npm, pnpm, yarn, berry }[lockfile.manager];
}

/**
 * Installs a folder's packages, as the workspace has its manager set up; neither that set-up (there are tokens in it) nor
 * the manager's notes stay in the folder. Gives the command. Rejects with `PACKAGE_MANAGER_MISSING` and
 * `DEPENDENCIES_NOT_INSTALLED`.
 */
export async function runInstall(
  { name, lockfile, install, env, settings, notes }: PackageManager,
  { folder, workspace, signal }: { folder: string; workspace: string; signal: AbortSignal },
): Promise<string> {
  const lent: string[] = [];
  for (const setting of settings) {
    if ((await isThere(join(folder, setting))) || !(await isThere(join(workspace, setting)))) continue;
    await cp(join(workspace, setting), join(folder, setting), { recursive: true });
    lent.push(setting);
  }
  const command = install.join(' ');
  const end = await runCommand(
    install,
    { cwd: folder, env: { ...withoutWorkspace(commandEnv(process.env)), ...env } },
    signal,
  );
  if (end.missing) throw managerMissing(name, lockfile);
  if (end.exitCode !== 0) throw notInstalled(command, end.how, end.lastLines);
  for (const path of [...lent, ...notes]) await rm(join(folder, path), { recursive: true, force: true });
  return command;
}
