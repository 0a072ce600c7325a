import { formatDuration, notStarted, SluiceError, type Answer, type Clock } from '@sluice/core';
import { healthOf, isHindered, type Crew, type Instance, type Run } from './crew';
import { bringUp, keepUp, type Surroundings } from './instance';
import type { Limits } from './limits';
import { terminate } from './live-process';

/** What the life of a crew needs of its supervisor. */
export interface CrewPorts {
  clock: Clock;
  limits: Limits;
  /** Fires when the supervisor forgets its crews, which run on. */
  forgotten: AbortSignal;
  /** What has to be done before a release's first instance starts. Rejects like `launch`, and with `HOOK_FAILED`. */
  prepare: (crew: Crew, signal: AbortSignal) => Promise<void>;
  launch: (crew: Crew, instance: Instance, signal: AbortSignal) => Promise<Run>;
  /** What is done when its last instance was ended for good. Rejects only when the supervisor is to forget it. */
  conclude: (crew: Crew) => Promise<void>;
  /** Hides what nobody may read. */
  maskOf: (crew: Crew) => Promise<(line: string) => string>;
  /** Tells of an instance that is ended though it runs. */
  tell: (crew: Crew, instance: Instance, reason: string) => void;
  /** What is saved or routed has changed. */
  changed: (crew: Crew) => void;
  /** A health check was made. */
  checked: () => void;
  /** Cuts the log of an instance that is too long. Never rejects. */
  rotate: (crew: Crew, instance: Instance, logSize: number) => Promise<void>;
  remove: (crew: Crew) => void;
}

/**
 * Brings all instances up, and keeps each up from then on. When one fails, or they are not healthy together in time,
 * all are ended and the crew is removed. Rejects, after the same, on what is no fault of the release, such as a full disk.
 */
export async function establish(crew: Crew, ports: CrewPorts): Promise<Answer> {
  const around = surroundingsOf(crew, ports);
  const { signal } = crew.over;
  try {
    await tracked(crew, ports.prepare(crew, signal));
    await Promise.all(
      crew.instances.map(async (instance) => {
        await tracked(crew, bringUp(instance, around, signal));
        void tracked(crew, keepUp(instance, around, signal));
      }),
    );
    const answer = await awaitHealth(crew, ports, signal);
    if (answer.ok) {
      crew.phase = 'running';
      ports.changed(crew);
    } else {
      await dismiss(crew, ports);
    }
    return answer;
  } catch (error) {
    if (ports.forgotten.aborted) throw error;
    if (crew.phase === 'stopping') return stopped;
    await dismiss(crew, ports);
    if (error instanceof SluiceError) return notStarted(error);
    throw error;
  }
}

/** Adds instances to a crew that runs, and keeps them up like the others. */
export function grow(crew: Crew, more: Instance[], ports: CrewPorts): void {
  if (more.length === 0) return;
  crew.instances.push(...more);
  ports.changed(crew);
  for (const instance of more) {
    void tracked(crew, keepUp(instance, surroundingsOf(crew, ports), crew.over.signal));
  }
}

/** Keeps the instances up of a crew that was running before this supervisor. */
export function resume(crew: Crew, ports: CrewPorts): void {
  for (const instance of crew.instances) {
    void tracked(crew, keepUp(instance, surroundingsOf(crew, ports), crew.over.signal));
  }
}

/** Resolves when all instances are healthy together, or with `ok: false` after `startTimeout`. */
export async function awaitHealth(crew: Crew, ports: CrewPorts, signal: AbortSignal): Promise<Answer> {
  const { clock, limits, forgotten } = ports;
  const { startTimeout } = crew.settings.health;
  const deadline = clock.now() + startTimeout;
  for (;;) {
    const { healthy, wanted, reason } = healthOf(crew);
    const count = `${healthy} of ${wanted} instances healthy`;
    if (crew.phase === 'stopping') return stopped;
    if (healthy === wanted) return { ok: true, reason: count };
    if (clock.now() >= deadline) {
      const late = `Only ${count} after ${formatDuration(startTimeout)}: ${reason}`;
      return { ok: false, reason: late, ...(isHindered(crew) && { cause: 'world' }) };
    }
    await clock.sleepUntil(clock.now() + limits.pollEvery, signal);
    forgotten.throwIfAborted();
  }
}

/** Takes the crew out of service, ends its instances and removes it. Asking again is asking once. */
export function dismiss(crew: Crew, ports: CrewPorts): Promise<void> {
  return (crew.ending ??= end(crew, ports).catch((error: unknown) => {
    crew.ending = null; // so that it can be asked for again
    throw error;
  }));
}

async function end(crew: Crew, { clock, limits, forgotten, changed, conclude, remove }: CrewPorts): Promise<void> {
  crew.phase = 'stopping';
  changed(crew);
  crew.over.abort(new Error('the workload is stopped'));
  await Promise.all(crew.loops);
  await Promise.all(
    crew.instances.map(async (instance) => {
      if (!instance.run) return;
      await terminate(instance.run.process, crew.settings.drain, clock, limits.pollEvery, forgotten);
      instance.run = null;
      changed(crew);
    }),
  );
  await conclude(crew);
  remove(crew);
}

const surroundingsOf = (crew: Crew, ports: CrewPorts): Surroundings => ({
  ...ports,
  release: crew.workload.release,
  settings: crew.settings,
  launch: (instance, signal) => ports.launch(crew, instance, signal),
  changed: () => ports.changed(crew),
  measured: (instance, logSize) => void tracked(crew, ports.rotate(crew, instance, logSize)),
  maskOf: () => ports.maskOf(crew),
  tell: (instance, reason) => ports.tell(crew, instance, reason),
});

const stopped: Answer = { ok: false, reason: 'it was stopped meanwhile' };

/** Remembers work of the crew, so that its end can be awaited. */
function tracked<T>(crew: Crew, work: Promise<T>): Promise<T> {
  const settled = work.then(
    () => undefined,
    () => undefined,
  );
  crew.loops.add(settled);
  void settled.then(() => crew.loops.delete(settled));
  return work;
}
