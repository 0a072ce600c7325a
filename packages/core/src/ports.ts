import type { Instant, Interval } from './analysis/figures';
import type { InstanceCell } from './analysis/sequential/history';
import type { CheckResult } from './checks/check';
import type { Service } from './config/schema';
import type { Health } from './health';
import type { Act, AuditEntry, Cause, EnvironmentState, Event, Outcome, Route } from './rollout/model';
import type { Plan } from './rollout/plan';
import type { ReleaseManifest, Workload } from './release';
import type { Digest } from './digest';

/**
 * The ports of the rollout. Every method that takes an `AbortSignal` settles soon after it fires (rejecting with the
 * signal's reason), may be repeated with the same effect as once, and holds no policy. Contract suites: `testing/`.
 */
export interface Clock {
  now(): Instant;
  /** Resolves when `now() >= until`. */
  sleepUntil(until: Instant, signal: AbortSignal): Promise<void>;
}

/**
 * Starts, stops and watches the instances of releases. An engine refuses `start` and `stop` of a driver after which another
 * one has taken over: a process that slept must not stop what is live by now.
 */
export interface Runtime {
  /** Finds a release whole (its files have the digest they had) and, where it has instances, these healthy. */
  prove(workload: Workload, signal: AbortSignal): Promise<Answer>;
  /**
   * Resolves when all wanted instances are healthy, or with `ok: false` and the last log lines when they will not be.
   * `atMost`: no more than so many of them are wanted yet; a later start without it brings up the rest.
   */
  start(workload: Workload, signal: AbortSignal, atMost?: number): Promise<Answer>;
  /** `name` is the release. */
  health(workload: Workload, signal: AbortSignal): Promise<Health>;
  /** Drains, then ends the instances; resolves when none is left. Stopping what does not run is no error. */
  stop(workload: Workload, signal: AbortSignal): Promise<void>;
}

export interface Answer {
  ok: boolean;
  reason: string;
  /** Whose doing it is that it is not ok; the release's where it is left out. */
  cause?: Cause;
}

/** Moves traffic. */
export interface TrafficRouter {
  /**
   * Resolves when the route is in force: no request that arrives later is sent by an older one. Rejects with
   * `ROUTE_STALE` when a route of a newer (generation, sequence) is in force, with `PORT_IN_USE` for a taken port.
   * Answers a time at which it was, by the clock that its figures go by.
   */
  apply(route: Route, signal: AbortSignal): Promise<Instant>;
  /** The route in force, or `null`. */
  read(project: string, environment: string, signal: AbortSignal): Promise<Route | null>;
}

/** Says what was measured. */
export interface MetricSource {
  /**
   * What is closed of the interval: `to` of the answer is where it ends, `from` where nothing is closed yet. Asking again
   * from there counts nothing twice and misses nothing. A slot without traffic has no figures. `metrics`: what services told of
   * themselves, as far as the route in force wants it.
   */
  measure(
    query: { project: string; environment: string; from: Instant; to: Instant },
    signal: AbortSignal,
  ): Promise<Interval>;
  /**
   * What each instance of the stable slot answered in each minute of the day before `until`, in any order: as much of it as
   * was kept. A minute without a request of an instance may be left out.
   */
  history(
    query: { project: string; environment: string; until: Instant },
    signal: AbortSignal,
  ): Promise<InstanceCell[]>;
}

export interface StateStore {
  load(project: string, environment: string): Promise<EnvironmentState | null>;
  /**
   * Whole or not at all, and durable when it resolves. Rejects with `STATE_STALE` where what is stored must not be replaced
   * (`mayReplace`). `after`: what the caller has loaded; left out by the driver whose state it is.
   */
  save(state: EnvironmentState, after?: EnvironmentState | null): Promise<void>;
}

/** Takes what happened. `record` appends to the audit log, each entry (by id) once. */
export interface EventSink {
  record(entries: AuditEntry[]): Promise<{ head: Digest | null; count: number }>;
  /** Tells whoever is attached, with what led there; never fails and never waits. */
  progress(state: EnvironmentState, event: Event | null): void;
}

/** Whether a declared service answers. */
export interface ServiceProbe {
  probe(service: Service, signal: AbortSignal): Promise<Health>;
}

/** What trial and verification look at. `via`: through the router, or straight at an instance that has no traffic yet. */
export interface VerifySubject {
  plan: Plan;
  workload: Workload;
  via: 'router' | 'instance';
  since: Instant;
}

/** Runs the checks of trial and verification by name; an unknown name is a failed check. */
export interface Verifier {
  verify(subject: VerifySubject, checks: string[], signal: AbortSignal): Promise<CheckResult[]>;
}

/** Writes report and signal of a rollout that is over. */
export interface Publisher {
  publish(state: EnvironmentState, outcome: Outcome, signal: AbortSignal): Promise<void>;
}

/** Traffic of the tool's own, while a step is watched. `null` stops it. */
export interface SyntheticTraffic {
  keep(plan: Plan | null): void;
}

/** Acts of people that wait to be applied. */
export interface Inbox {
  /** Resolves when an act waits, without taking it. */
  arrived(signal: AbortSignal): Promise<void>;
  take(): Act | undefined;
}

export interface RolloutPorts {
  clock: Clock;
  runtime: Runtime;
  router: TrafficRouter;
  metrics: MetricSource;
  store: StateStore;
  sink: EventSink;
  services: ServiceProbe;
  verifier: Verifier;
  publisher: Publisher;
  synthetic: SyntheticTraffic;
  inbox: Inbox;
}

/** The releases that are kept on this machine, each with its files and its manifest. */
export interface ReleaseStore {
  read(project: string, release: string): Promise<{ manifest: ReleaseManifest; folder: string } | null>;
  /** Whether the files on disk still have the digest of the manifest. */
  verify(project: string, release: string): Promise<Answer>;
  /** Newest first. */
  list(project: string): Promise<ReleaseManifest[]>;
}
