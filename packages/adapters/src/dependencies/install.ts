import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { sluiceError } from '@sluice/core';
import { commandEnv } from '../checks/command-env';
import { runCommand } from '../checks/command';
import { replaceFile } from '../durable/durable-file';
import { isThere } from '../durable/is-there';
import { withLock } from '../git/lock';
import { locate } from '../git/repository';
import { installedFrom } from './installed-from';
import { hasLocalPackages } from './local-packages';
import { findLockfile, type Lockfile } from './lockfile';
import { withoutWorkspace } from './manager-env';

/** When a checkout gets packages of its own, or the program and arguments that install them. */
export type InstallPolicy = 'auto' | 'always' | 'never' | readonly string[];

export interface InstallRequest {
  /** Top level of the checkout that may need packages, at a commit and without changes. */
  folder: string;
  /** The main checkout: without packages of its own, a checkout inside of it finds those that are installed there. */
  root: string;
  policy: InstallPolicy;
  signal: AbortSignal;
  say(line: string): void;
  /** Told of each line of the package manager's output. */
  onLine?: ((line: string) => void) | undefined;
  /** Whether nx itself runs from the packages in `folder`: they are then not replaced but by a command. */
  isRunning?: boolean;
}

/** An installation may take long, and every run that shares the checkout waits for it (ms). */
const patience = 1_800_000;

/**
 * Sees to it that a checkout has the packages of its own lockfile, and that those of the workspace are its own: installs them,
 * once for a commit's lockfile and manifests, however many ask. An installation that was killed is done again. Gives the
 * command that was run, `null` where none was needed.
 *
 * Rejects with `WORKTREE_NOT_INSTALLED`, and with the signal's reason.
 */
export async function installDependencies(request: InstallRequest): Promise<string | null> {
  const { folder, policy } = request;
  if (policy === 'never' || (typeof policy === 'string' && (await runsFromIt(request)))) return null;
  const lockfile = await findLockfile(folder);
  const command = typeof policy === 'string' ? await commandFor(folder, lockfile) : policy;
  if (command === null || (policy === 'auto' && !(await needsOwn(request, lockfile)))) return null;
  const { gitFolder } = await locate(folder);
  const record = join(gitFolder, 'sluice-installed');
  const refuse = (owner: string) => failed(folder, command, `no end: process ${owner} is at it for long`, []);
  return withLock(`${record}.lock`, patience, refuse, async () => {
    const wanted = await installedFrom(folder, command);
    const hasPackages = await isThere(join(folder, 'node_modules'));
    const found = await readFile(record, 'utf8').catch(() => '');
    if (found.trim() === wanted && (hasPackages || typeof policy !== 'string')) return null;
    await replaceFile(record, 'unfinished\n');
    await install(request, command);
    await replaceFile(record, `${wanted}\n`);
    return command.join(' ');
  });
}

const runsFromIt = async ({ folder, isRunning = false }: InstallRequest): Promise<boolean> =>
  isRunning && (await isThere(join(folder, 'node_modules')));

async function needsOwn({ folder, root }: InstallRequest, lockfile: Lockfile | null): Promise<boolean> {
  if (!lockfile) return false;
  if (await isThere(join(folder, 'node_modules'))) return true; // they are found before those around it
  const isOutside = folder === root || relative(root, folder).split(sep)[0] === '..';
  const around = await readFile(join(root, lockfile.file), 'utf8').catch(() => null);
  return isOutside || around !== lockfile.text || (await hasLocalPackages(folder, lockfile));
}

async function install({ folder, signal, say, onLine }: InstallRequest, command: readonly string[]): Promise<void> {
  say(`${command.join(' ')} in ${folder}`);
  // the manager must neither ask, nor leave out what a build needs
  const env = { ...withoutWorkspace(commandEnv(process.env)), CI: 'true', YARN_ENABLE_TELEMETRY: '0' };
  const end = await runCommand(command, { cwd: folder, env, onLine }, signal);
  if (end.exitCode !== 0) throw failed(folder, command, end.how, end.lastLines);
}

const failed = (folder: string, command: readonly string[], how: string, lines: readonly string[]) =>
  sluiceError('WORKTREE_NOT_INSTALLED', { folder, command: command.join(' '), how, lines });

/** Exactly what the lockfile says, with what is for development, from the manager's own store where it has it. */
async function commandFor(folder: string, lockfile: Lockfile | null): Promise<readonly string[] | null> {
  switch (lockfile?.manager) {
    case undefined:
      return null;
    case 'npm':
      return ['npm', 'ci', '--include=dev', '--prefer-offline', '--no-audit', '--no-fund'];
    case 'pnpm': {
      // else it takes the workspace of a checkout around this one for its own
      const alone = (await isThere(join(folder, 'pnpm-workspace.yaml'))) ? [] : ['--ignore-workspace'];
      return ['pnpm', 'install', '--frozen-lockfile', '--prefer-offline', '--prod=false', ...alone];
    }
    case 'yarn':
      return ['yarn', 'install', '--frozen-lockfile', '--prefer-offline', '--production=false', '--non-interactive'];
    case 'berry':
      return ['yarn', 'install', '--immutable'];
  }
}
