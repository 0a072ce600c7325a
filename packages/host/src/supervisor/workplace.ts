import { chmod, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { sluiceError, type ReleaseStore, type Workload } from '@sluice/core';
import { instanceEnv, searchPathOf, type ProcessFacts } from './instance-env';
import type { Command } from './live-process';
import { findProgram } from './program';
import { isSystemError } from './system-error';
import { findUser, type SystemUser } from './system-user';
import type { Vault } from './vault';

/** Where the processes of a release in an environment run, and what they are told. */
export interface Workplace {
  folder: string;
  searchPath: string;
  user: SystemUser | null;
  /** With the values of the environment's secrets. */
  envOf(facts: Pick<ProcessFacts, 'port' | 'instance'>): Record<string, string>;
}

export interface WorkplaceSources {
  releases: ReleaseStore;
  vault: Vault;
}

/** What a release runs in an environment, and where. Throws `RELEASE_UNKNOWN` where this machine has no such release. */
export async function readRelease(releases: ReleaseStore, { project, environment, release }: Workload) {
  const found = await releases.read(project, release);
  if (!found || !(await isFolder(found.folder))) {
    const known = (await releases.list(project)).map((manifest) => manifest.id);
    throw sluiceError('RELEASE_UNKNOWN', { release, known });
  }
  const runtime = found.manifest.runtime[environment];
  if (!runtime) {
    const known = Object.keys(found.manifest.runtime);
    throw sluiceError('ENVIRONMENT_UNKNOWN', { release, environment, known });
  }
  return { folder: found.folder, runtime };
}

/** Rejects like `readRelease`, and with `FOLDER_MISSING`, `USER_UNAVAILABLE` and `SECRET_UNREADABLE`. */
export async function findWorkplace(workload: Workload, { releases, vault }: WorkplaceSources): Promise<Workplace> {
  const { folder: root, runtime } = await readRelease(releases, workload);
  const folder = await folderIn(root, runtime.cwd);
  const user = runtime.user === undefined ? null : findUser(runtime.user);
  if (user) await letIn(root);
  const secrets = await vault.read(workload, runtime);
  const searchPath = searchPathOf(root, process.env['PATH'], dirname(process.execPath));
  const { release, environment } = workload;
  const base = user ? baseOf(user) : process.env;
  return {
    ...{ folder, searchPath, user },
    envOf: (facts) => instanceEnv(base, searchPath, { ...runtime.env, ...secrets }, { release, environment, ...facts }),
  };
}

/** The program and arguments of a command there. Rejects with `COMMAND_MISSING`. */
export async function findCommand(
  [name = '', ...args]: readonly string[],
  where: string,
  { folder, searchPath, user }: Workplace,
): Promise<Pick<Command, 'program' | 'args' | 'folder' | 'user'>> {
  const program = await findProgram(name, folder, searchPath);
  if (!program) throw sluiceError('COMMAND_MISSING', { command: name, where });
  return { program, args, folder, user };
}

/** What the system says of a command that it can't run, in words for people. */
export function explainRefusal(
  error: unknown,
  command: readonly string[],
  where: string,
  { user }: Workplace,
): unknown {
  if (!isSystemError(error, 'ENOENT', 'EACCES', 'ENOEXEC') || !String(error.syscall).startsWith('spawn')) return error;
  const [name = ''] = command;
  return user && error.code === 'EACCES'
    ? sluiceError('USER_UNAVAILABLE', { user: user.name ?? String(user.uid), problem: `it may not run "${name}"` })
    : sluiceError('COMMAND_MISSING', { command: name, where }); // a `#!` line names what is not there, or it has none
}

async function folderIn(root: string, cwd = '.'): Promise<string> {
  const folder = join(root, cwd);
  if (!(await isFolder(folder))) throw sluiceError('FOLDER_MISSING', { folder: cwd, where: 'runtime.cwd' });
  const [top, found] = await Promise.all([realpath(root), realpath(folder)]);
  if (found !== top && !found.startsWith(top + sep)) {
    throw sluiceError('FOLDER_MISSING', { folder: cwd, where: 'runtime.cwd' });
  }
  return folder;
}

/** What of this process's environment another user gets. */
function baseOf({ name }: SystemUser): Record<string, string | undefined> {
  const { HOME: _home, SHELL: _shell, USER: _user, LOGNAME: _logname, ...rest } = process.env;
  return name === null ? rest : { ...rest, USER: name, LOGNAME: name };
}

/** Another user may go through the folders of the store to the release, and read none of them. */
async function letIn(release: string): Promise<void> {
  const above: string[] = [];
  for (let folder = dirname(release); folder !== dirname(folder); folder = dirname(folder)) {
    above.push(folder);
    if (basename(folder) === '.sluice') {
      for (const each of above) await chmod(each, (await stat(each)).mode | 0o011);
      return;
    }
  }
}

const isFolder = async (path: string) => (await stat(path).catch(() => null))?.isDirectory() === true;
