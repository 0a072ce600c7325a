import { join } from 'node:path';
import {
  notStarted,
  SluiceError,
  type Answer,
  type Clock,
  type Health,
  type ReleaseStore,
  type Runtime,
  type Workload,
} from '@sluice/core';
import pidusage from 'pidusage';
import { abortable } from './abort';
import {
  adoptCrew,
  createCrew,
  cutLog,
  endpointsOf,
  healthOf,
  instancesOf,
  keyOf,
  portsOf,
  type Crew,
  type Endpoint,
} from './crew';
import { createCrewHooks } from './crew-hooks';
import { awaitHealth, dismiss, establish, grow, resume, type CrewPorts } from './crew-life';
import { createHookBook } from './hook-book';
import { launchInstance } from './launch';
import { defaultLimits, type Limits } from './limits';
import { findLogs, markOf, readLines, removeLogsExcept } from './log-file';
import { offsetSince } from './log-marks';
import { createRotator } from './log-rotation';
import { createNotebook } from './notebook';
import type { SecretSources } from './secret-files';
import { settingsOf } from './state-file';
import { usageOf, type Usage } from './usage';
import { createVault } from './vault';
import { readRelease } from './workplace';

export interface SupervisorOptions {
  /** Where `instances.json` and `logs/` are kept. One supervisor a folder. */
  dir: string;
  releases: ReleaseStore;
  clock: Clock;
  /** The endpoints of this workload are others than before. */
  onChange: (workload: Workload) => void;
  /** Hears of trouble that stops nothing. */
  report?: (what: string, thrown: unknown) => void;
  /** The main checkout: no secret may lie in it. */
  repository?: string;
  /** Throws where another supervisor has the folder by now: then nothing is started, stopped or written down. */
  mayAct?: () => void;
  /** Releases are only tried here: they may be started for good elsewhere, so `afterStop` is not run. */
  isTrial?: boolean;
  limits?: Partial<Limits>;
}

/**
 * Runs releases as processes of this machine, which outlive it. A `start` that is aborted goes on by itself: `start`
 * again attaches to it, `stop` ends it. A `stop` that is aborted goes on, too.
 */
export interface Supervisor extends Runtime {
  /** Where the healthy instances of a workload are. */
  endpoints(workload: Workload): Endpoint[];
  /** How long requests in flight, and then the instances, may take to end. */
  drainOf(workload: Workload): number;
  usage(workload: Workload, signal?: AbortSignal): Promise<Usage>;
  /**
   * What the instances of a workload wrote, one instance after the other: of each what it wrote since a time (and up to
   * one health check earlier), and of that the last lines. Logs stay when a workload is stopped.
   */
  logLines(workload: Workload, selection?: { since?: number; last?: number }): Promise<string[]>;
  /**
   * Takes over what an earlier supervisor left, before anything else is asked. What still runs serves on; what has gone
   * is started again where it was wanted. Throws `STATE_CORRUPT` and `STATE_NEWER`, and has changed nothing then.
   */
  adopt(): Promise<void>;
  /** Stops all workloads, or those of one project. */
  stopAll(project?: string, signal?: AbortSignal): Promise<void>;
  /** Hides the secrets of a workload in a line of its log. */
  maskOf(workload: Workload): Promise<(line: string) => string>;
  /** The releases of a project that have instances in any environment, or are to have some. */
  releasesOf(project: string): string[];
  /** What has instances, or is to have some. */
  workloadsOf(project: string, environment: string): Workload[];
  /** Removes what is kept of a project's releases that have gone: their logs, and which of their hooks were run. */
  prune(project: string): Promise<void>;
  /** Forgets all instances without ending them. */
  shutdown(): Promise<void>;
}

export function createSupervisor({ dir, releases, clock, onChange, ...options }: SupervisorOptions): Supervisor {
  const { mayAct = () => undefined } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const crews = new Map<string, Crew>();
  const crewOf = (workload: Workload) => crews.get(keyOf(workload));
  const forgotten = new AbortController();
  const never = new AbortController().signal;
  const notebook = createNotebook(join(dir, 'instances.json'), clock, crews, mayAct);
  const report = options.report ?? (() => undefined);
  const rotate = createRotator({ clock, limits, report });
  const vault = createVault(options.repository ?? null);
  const launcher = { releases, vault, clock, save: notebook.save, givenPorts: () => portsOf(crews.values()) };
  const book = createHookBook(join(dir, 'hooks.json'));
  const { isTrial = false } = options;

  const ports: CrewPorts = {
    ...{ clock, limits, forgotten: forgotten.signal },
    ...createCrewHooks({ clock, limits, releases, vault, book, isTrial, report, forgotten: forgotten.signal }),
    launch: (crew, instance, signal) => launchInstance(instance, crew.workload, launcher, signal),
    changed: (crew) => {
      if (forgotten.signal.aborted) return;
      const before = crew.routed;
      crew.routed = JSON.stringify(endpointsOf(crew));
      if (crew.routed !== before) onChange(crew.workload);
      notebook.saveIfPossible();
    },
    checked: () => notebook.saveIfOlder(limits.saveEvery),
    rotate: (crew, instance, logSize) =>
      rotate(instance.log, logSize, (bytes) => {
        cutLog(instance, bytes);
        ports.changed(crew);
      }),
    maskOf: ({ workload, settings }) => vault.maskOf(workload, settings),
    tell: ({ workload }, { id }, reason) =>
      report(`instance ${id} of ${workload.project} in ${workload.environment}, which is started again`, reason),
    remove: (crew) => {
      crews.delete(keyOf(crew.workload));
      notebook.saveIfPossible();
    },
  };

  function take(crew: Crew): void {
    crews.set(keyOf(crew.workload), crew);
    if (crew.phase === 'running') resume(crew, ports);
    if (crew.phase === 'starting') crew.attempt = establish(crew, ports);
    const work = crew.phase === 'stopping' ? dismiss(crew, ports) : crew.attempt;
    work.catch(() => undefined); // whoever asks for it hears of it
    ports.changed(crew);
  }

  async function start(workload: Workload, signal: AbortSignal, atMost = Infinity): Promise<Answer> {
    signal.throwIfAborted();
    const crew = crewOf(workload);
    if (!crew) {
      const { runtime } = await abortable(readRelease(releases, workload), signal);
      const count = Math.min(runtime.instances, atMost);
      if (!crewOf(workload)) take(createCrew(dir, workload, settingsOf(runtime), count));
    } else if (crew.phase === 'stopping') {
      await abortable(dismiss(crew, ports), signal);
    } else {
      const answer = await abortable(crew.attempt, signal);
      if (!answer.ok) return answer;
      const { instances, settings } = crew;
      grow(crew, instancesOf(dir, workload, instances.length, Math.min(settings.instances, atMost)), ports);
      return awaitHealth(crew, ports, signal);
    }
    return start(workload, signal, atMost);
  }

  async function health(workload: Workload, signal: AbortSignal): Promise<Health> {
    signal.throwIfAborted();
    const crew = crewOf(workload);
    if (crew) return healthOf(crew);
    const found = await abortable(releases.read(workload.project, workload.release), signal);
    const wanted = found?.manifest.runtime[workload.environment]?.instances ?? 1;
    return { name: workload.release, healthy: 0, wanted, restarts: 0, reason: 'it was not started' };
  }

  async function stop(workload: Workload, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const crew = crewOf(workload);
    if (!crew) return;
    mayAct();
    await abortable(dismiss(crew, ports), signal);
  }

  async function sourcesOf(workload: Workload): Promise<SecretSources> {
    const found = await releases.read(workload.project, workload.release);
    return found?.manifest.runtime[workload.environment] ?? {};
  }

  /** A release that could not be started again is no way back. */
  async function proveSecrets(workload: Workload): Promise<Answer> {
    try {
      await vault.read(workload, await sourcesOf(workload));
      return { ok: true, reason: 'its secrets are there' };
    } catch (error) {
      if (error instanceof SluiceError) return { ok: false, reason: error.message };
      throw error;
    }
  }

  const workloads = (project: string) =>
    [...crews.values()].map(({ workload }) => workload).filter((workload) => workload.project === project);
  const releasesOf = (project: string) => workloads(project).map(({ release }) => release);

  return {
    start: (workload, signal, atMost) =>
      start(workload, signal, atMost).catch((error: unknown) => {
        if (error instanceof SluiceError) return notStarted(error);
        throw error;
      }),
    health,
    stop,

    async prove(workload, signal) {
      const whole = await abortable(releases.verify(workload.project, workload.release), signal);
      if (!whole.ok) return whole;
      const secrets = await abortable(proveSecrets(workload), signal);
      if (!secrets.ok || !crewOf(workload)) return secrets.ok ? whole : secrets;
      const { healthy, wanted, reason } = await health(workload, signal);
      const count = `${healthy} of ${wanted} instances healthy`;
      return { ok: healthy === wanted, reason: reason === null ? count : `${count}: ${reason}` };
    },

    endpoints: (workload) => {
      const crew = crewOf(workload);
      return crew ? endpointsOf(crew) : [];
    },

    drainOf: (workload) => crewOf(workload)?.settings.drain ?? 0,

    usage: (workload, signal = never) => usageOf(crewOf(workload), signal),

    async logLines(workload, { since, last } = {}) {
      const instances = crewOf(workload)?.instances ?? [];
      const logs = await findLogs(dir, workload);
      return logs.flatMap((log) => {
        const marks = instances.find((instance) => instance.log === log)?.marks ?? [];
        const from = offsetSince([...marks, markOf(log)], since ?? -Infinity);
        return readLines(log, { from, limit: limits.readBytes, last });
      });
    },

    async adopt() {
      for (const saved of notebook.read()) {
        if (!crewOf(saved)) take(adoptCrew(dir, saved, clock, limits.pollAdoptedEvery));
      }
    },

    async stopAll(project, signal = never) {
      const found = [...crews.values()].filter(({ workload }) => project === undefined || workload.project === project);
      await Promise.all(found.map(({ workload }) => stop(workload, signal)));
    },

    async maskOf(workload) {
      return vault.maskOf(workload, await sourcesOf(workload));
    },

    releasesOf,

    workloadsOf: (project, environment) =>
      workloads(project).filter((workload) => workload.environment === environment),

    async prune(project) {
      const known = (await releases.list(project)).map(({ id }) => id);
      const kept = [...known, ...releasesOf(project)];
      await removeLogsExcept(dir, project, kept);
      book.keepOnly(project, kept);
    },

    async shutdown() {
      const reason = new Error('the supervisor was shut down');
      forgotten.abort(reason);
      for (const crew of crews.values()) crew.over.abort(reason);
      await Promise.all([...crews.values()].flatMap((crew) => [...crew.loops, crew.attempt.catch(() => undefined)]));
      crews.clear();
      pidusage.clear();
    },
  };
}
