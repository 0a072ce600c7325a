import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sluiceError, type Clock, type ReleaseStore, type Workload } from '@sluice/core';
import type { Instance, Run } from './crew';
import { findFreePort } from './free-port';
import { instanceEnv, searchPathOf } from './instance-env';
import { spawnProcess } from './live-process';
import { markOf } from './log-file';
import { findProgram } from './program';
import { isSystemError } from './system-error';

export interface Launcher {
  releases: ReleaseStore;
  clock: Clock;
  /** The ports of all instances, those about to start included. */
  givenPorts: () => ReadonlySet<number>;
  /** Writes down what every instance is and is about to be. Throws when it can't. */
  save: () => void;
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

/**
 * Starts the process of an instance and sets its `run`. What is about to start is saved before, its pid at once after,
 * in the same turn of the event loop: only a crash within these few ms leaves a process that nobody knows. Its
 * successor starts the instance at another port, and the lost process, which gets no traffic, has to be ended by hand
 * (its environment names it: `SLUICE_INSTANCE`). A search for it could end a process that only looks like it.
 */
export async function launchInstance(
  instance: Instance,
  workload: Workload,
  { releases, clock, givenPorts, save }: Launcher,
  signal: AbortSignal,
): Promise<Run> {
  const { folder, runtime } = await readRelease(releases, workload);
  const searchPath = searchPathOf(folder, process.env['PATH'], dirname(process.execPath));
  const [name = '', ...args] = runtime.command;
  const program = await findProgram(name, folder, searchPath);
  if (!program) throw commandMissing(name);

  let port: number;
  do port = await findFreePort();
  while (givenPorts().has(port)); // another launch took it while this one waited
  signal.throwIfAborted();

  const facts = { port, release: workload.release, environment: workload.environment, instance: instance.id };
  const env = instanceEnv(process.env, searchPath, runtime.env, facts);
  const logOffset = markOf(instance.log).offset;
  instance.intent = { port, log: instance.log };
  try {
    save();
    const started = spawnProcess({ program, args, folder, env, log: instance.log });
    if (started instanceof Promise) return await started;
    instance.run = { process: started, port, since: clock.now(), logOffset, healthy: false };
    instance.trouble = null;
    instance.intent = null;
    save();
    return instance.run;
  } catch (error) {
    throw isNoProgram(error) ? commandMissing(name) : error;
  } finally {
    instance.intent = null;
  }
}

const commandMissing = (command: string) => sluiceError('COMMAND_MISSING', { command, where: 'runtime.command' });

/** The system's word for a file that it can't run: its `#!` line names a program that is not there, or it has none. */
const isNoProgram = (error: unknown) =>
  isSystemError(error, 'ENOENT', 'EACCES', 'ENOEXEC') && String(error.syscall).startsWith('spawn');

const isFolder = async (path: string) => (await stat(path).catch(() => null))?.isDirectory() === true;
