import type { Answer, Clock, Crash, Health, Instant, Workload } from '@sluice/core';
import { loopback } from './free-port';
import { logPath, runOf } from './log-file';
import { adoptProcess, type LiveProcess } from './live-process';
import { shiftMarks, type Mark } from './log-marks';
import type { SavedWorkload, Settings } from './state-file';

/** The instances of one workload. */
export interface Crew {
  readonly workload: Workload;
  readonly settings: Settings;
  /** Those that are wanted by now: the first ones of `settings.instances`. */
  readonly instances: Instance[];
  /** `starting` until all instances were healthy together, then `running` whatever happens, until it is to stop. */
  phase: SavedWorkload['phase'];
  /** Fires when the loops over its instances are to end. */
  readonly over: AbortController;
  /** These loops. */
  readonly loops: Set<Promise<unknown>>;
  /** How its start ends. */
  attempt: Promise<Answer>;
  /** How its stop ends. */
  ending: Promise<void> | null;
  /** Its endpoints as they were last told. */
  routed: string;
}

/** One place for a process, over all its restarts. */
export interface Instance {
  /** From 1. */
  readonly number: number;
  /** `RELEASE-NUMBER`, `RELEASE-baseline-NUMBER` of a fresh baseline: the same over all restarts. */
  readonly id: string;
  readonly log: string;
  /** How often it ended, or had to be ended, and was started again; not what happened while there was no supervisor. */
  restarts: number;
  /** A start that is under way. */
  intent: { port: number; log: string } | null;
  run: Run | null;
  /** Why it is not healthy, for people. */
  trouble: string | null;
  /** Its latest start came to nothing for what its environment lacks. */
  hindered: boolean;
  /** Its latest end while it was to run; not what happened before this supervisor. */
  crash: (Crash & { at: Instant }) | null;
  marks: Mark[];
}

/** A process of an instance, from its start to its end. */
export interface Run {
  readonly process: LiveProcess;
  readonly port: number;
  readonly since: Instant;
  /** Bytes that its log had when it started; below 0 when they were cut off from it since. */
  logOffset: number;
  healthy: boolean;
}

/** Where the router finds an instance. A restarted one keeps its id and gets another port. */
export interface Endpoint {
  id: string;
  host: string;
  port: number;
}

export const keyOf = ({ project, environment, release, slot }: Workload): string =>
  JSON.stringify([project, environment, release, ...(slot ? [slot] : [])]);

/** A workload that is to start. */
export const createCrew = (
  dir: string,
  { project, environment, release, slot }: Workload,
  settings: Settings,
  count: number,
): Crew => ({
  workload: { project, environment, release, ...(slot && { slot }) },
  settings,
  instances: instancesOf(dir, { project, environment, release, ...(slot && { slot }) }, 0, count),
  phase: 'starting',
  over: new AbortController(),
  loops: new Set(),
  attempt: Promise.resolve({ ok: true, reason: 'it runs' }),
  ending: null,
  routed: '[]',
});

/** A workload as an earlier supervisor left it, with those of its processes that still run. */
export function adoptCrew(dir: string, saved: SavedWorkload, clock: Clock, pollEvery: number): Crew {
  const crew = createCrew(dir, saved, saved.settings, saved.instances.length);
  crew.phase = saved.phase;
  for (const instance of crew.instances) {
    const before = saved.instances.find(({ number }) => number === instance.number);
    if (!before) continue;
    instance.restarts = before.restarts;
    instance.marks = before.marks;
    if (!before.run) continue;
    const { pid, identity, ...run } = before.run;
    const process = adoptProcess({ pid, identity }, clock, pollEvery, crew.over.signal);
    // What is left of the group of a process that has gone is not looked for: after this time its number may be another's.
    if (process) instance.run = { ...run, process };
    else instance.trouble = 'was gone';
  }
  return crew;
}

export const instancesOf = (dir: string, workload: Workload, from: number, to: number): Instance[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => createInstance(dir, workload, from + i + 1));

const createInstance = (dir: string, workload: Workload, number: number): Instance => ({
  number,
  id: `${runOf(workload)}-${number}`,
  log: logPath(dir, workload, number),
  restarts: 0,
  intent: null,
  run: null,
  trouble: null,
  hindered: false,
  crash: null,
  marks: [],
});

/** So many bytes were cut off from the beginning of its log. */
export function cutLog(instance: Instance, bytes: number): void {
  instance.marks = shiftMarks(instance.marks, bytes);
  if (instance.run) instance.run.logOffset -= bytes;
}

/** The ports of instances, those about to start included. */
export function portsOf(crews: Iterable<Crew>): Set<number> {
  const instances = [...crews].flatMap((crew) => crew.instances);
  return new Set(instances.flatMap(({ intent, run }) => [intent, run].flatMap((place) => (place ? [place.port] : []))));
}

export const endpointsOf = (crew: Crew): Endpoint[] =>
  crew.phase === 'stopping'
    ? []
    : crew.instances.flatMap(({ id, run }) => (run?.healthy ? [{ id, host: loopback, port: run.port }] : []));

export function healthOf({ workload, instances }: Crew): Health {
  const ill = instances.filter(({ run }) => !run?.healthy);
  const reasons = ill.map((instance) => (instances.length > 1 ? `${instance.id}: ` : '') + explain(instance));
  return {
    name: workload.release,
    healthy: instances.length - ill.length,
    wanted: instances.length,
    restarts: instances.reduce((sum, { restarts }) => sum + restarts, 0),
    reason: reasons.join('; ') || null,
    ...latestCrash(instances),
  };
}

function latestCrash(instances: readonly Instance[]): Pick<Health, 'crash'> {
  const [latest] = instances.flatMap(({ crash }) => crash ?? []).sort((a, b) => b.at - a.at);
  return latest ? { crash: { how: latest.how, lines: latest.lines } } : {};
}

/** Whether all that is missing could not be started for what its environment lacks. */
export const isHindered = ({ instances }: Crew): boolean =>
  instances.every(({ run, hindered }) => run?.healthy === true || hindered);

function explain({ trouble, restarts }: Instance): string {
  const what = trouble ?? 'not healthy yet';
  return restarts === 0 ? what : `${what}, restarted ${restarts === 1 ? 'once' : `${restarts} times`}`;
}

export const savedOf = ({ workload, phase, settings, instances }: Crew): SavedWorkload => ({
  ...workload,
  phase,
  settings,
  instances: instances.map(({ number, restarts, intent, run, marks }) => ({
    number,
    restarts,
    intent,
    run: run && {
      pid: run.process.pid,
      identity: run.process.identity,
      port: run.port,
      since: run.since,
      logOffset: run.logOffset,
      healthy: run.healthy,
    },
    marks,
  })),
});
