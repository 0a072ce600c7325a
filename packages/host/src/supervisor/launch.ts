import type { Clock, Workload } from '@sluice/core';
import type { Instance, Run } from './crew';
import { findFreePort } from './free-port';
import { spawnProcess } from './live-process';
import { markOf } from './log-file';
import { explainRefusal, findCommand, findWorkplace, readRelease, type WorkplaceSources } from './workplace';

export interface Launcher extends WorkplaceSources {
  clock: Clock;
  /** The ports of all instances, those about to start included. */
  givenPorts: () => ReadonlySet<number>;
  /** Writes down what every instance is and is about to be. Throws when it can't. */
  save: () => void;
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
  { clock, givenPorts, save, ...sources }: Launcher,
  signal: AbortSignal,
): Promise<Run> {
  const { runtime } = await readRelease(sources.releases, workload);
  const place = await findWorkplace(workload, sources);
  const command = await findCommand(runtime.command, where, place);

  let port: number;
  do port = await findFreePort();
  while (givenPorts().has(port)); // another launch took it while this one waited
  signal.throwIfAborted();

  const env = place.envOf({ port, instance: instance.id });
  const logOffset = markOf(instance.log).offset;
  instance.intent = { port, log: instance.log };
  try {
    save();
    const started = spawnProcess({ ...command, env, log: instance.log });
    if (started instanceof Promise) return await started;
    instance.run = { process: started, port, since: clock.now(), logOffset, healthy: false };
    instance.trouble = null;
    instance.intent = null;
    save();
    return instance.run;
  } catch (error) {
    throw explainRefusal(error, runtime.command, where, place);
  } finally {
    instance.intent = null;
  }
}

const where = 'runtime.command';
