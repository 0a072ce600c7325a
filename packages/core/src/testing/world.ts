import type { Instant } from '../analysis/figures';
import { refuse } from '../rollout/acts';
import type { RolloutPorts } from '../ports';
import type { ReleaseRef } from '../release';
import type { AuditEntry, EnvironmentState, Route } from '../rollout/model';
import type { Plan } from '../rollout/plan';
import { run } from '../rollout/run';
import { workloadIn } from '../rollout/baseline-workloads';
import { transition } from '../rollout/transition';
import { behaviourOf, type Behaviour, type Behaviours } from './behaviour';
import { aRelease, aState } from './builders';
import { memoryInbox, type MemoryInbox } from './memory-inbox';
import { memoryPublisher, type MemoryPublisher } from './memory-publisher';
import { memorySink, type MemorySink } from './memory-sink';
import { memoryStore, type MemoryStore } from './memory-store';
import { simulatedClock, type SimulatedClock } from './simulated-clock';
import { simulatedMetrics, type SimulatedMetrics } from './simulated-metrics';
import { simulatedRouter, type RouteInForce, type SimulatedRouter } from './simulated-router';
import { simulatedRuntime, type SimulatedRuntime } from './simulated-runtime';
import { simulatedServices, type SimulatedServices } from './simulated-services';
import { simulatedSynthetic, type SimulatedSynthetic } from './simulated-synthetic';
import { simulatedVerifier, type SimulatedVerifier } from './simulated-verifier';
import { tell } from './simulated-told';
import { serve } from './traffic';

export interface WorldOptions {
  /** Of users, over all slots; as a function, of the time. */
  requestsPerSecond?: number | ((at: Instant) => number);
  /** The same seed gives the same world. */
  seed?: number;
  /** What is live at the start; `null` for an environment that never had a release. */
  stable?: ReleaseRef | null;
  project?: string;
  environment?: string;
  /** By the name that `aRelease` is given. A release that is not named behaves well. */
  behaviour?: Record<string, Partial<Behaviour>>;
  /** Milliseconds that the metric source counts together: 5000. Long canaries run faster with longer ones. */
  cell?: number;
  /** Keeps every state that the sink is told. */
  keepStates?: boolean;
}

export interface World {
  clock: SimulatedClock;
  runtime: SimulatedRuntime;
  router: SimulatedRouter;
  metrics: SimulatedMetrics;
  store: MemoryStore;
  sink: MemorySink;
  services: SimulatedServices;
  verifier: SimulatedVerifier;
  publisher: MemoryPublisher;
  synthetic: SimulatedSynthetic;
  inbox: MemoryInbox;
  /** All of them, as `run` wants them. */
  ports: RolloutPorts;
  /** By release id; may be changed while the world runs. */
  behaviours: Behaviours;
  /** The state before anything happened. */
  initial: EnvironmentState;
  /** Routes that broke a rule: weights that do not add up, or traffic for a release without healthy instances. */
  violations: string[];
  /** Does something that long from now. */
  later(ms: number, what: (at: Instant) => void): void;
}

/** A service with users, one environment, and everything around it that a rollout touches. */
export function aWorld(options: WorldOptions = {}): World {
  const { requestsPerSecond = 200, seed = 1, stable = aRelease('first'), cell = 5000, keepStates = false } = options;
  const initial = aState({
    project: options.project ?? 'app',
    environment: options.environment ?? 'production',
    stable,
  });
  const { project, environment } = initial;
  const behaviours: Behaviours = new Map(
    Object.entries(options.behaviour ?? {}).map(([name, behaviour]) => [aRelease(name).id, behaviour]),
  );
  const violations: string[] = [];
  const clock = simulatedClock();
  const runtime = simulatedRuntime(clock, behaviours);
  const router = simulatedRouter(clock, (route) => violations.push(...violationsOf(route, runtime, clock.now())));
  const synthetic = simulatedSynthetic(clock);
  const metrics = simulatedMetrics(
    {
      now: () => clock.now(),
      history: (project, environment) => router.history(project, environment),
      serve(part) {
        const users = typeof requestsPerSecond === 'number' ? requestsPerSecond : requestsPerSecond(part.from);
        const rates = { users, synthetic: synthetic.rateAt(part.from) };
        const isUp = runtime.isUp(workloadIn(part, part.slot), part.from);
        return serve(part, rates, behaviourOf(behaviours, part.slot.release), isUp, seed);
      },
      tell: (part, wanted, requests) =>
        tell(part, wanted, requests, behaviourOf(behaviours, part.slot.release).tells, seed),
    },
    cell,
  );
  const ports = {
    clock,
    runtime,
    router,
    metrics,
    synthetic,
    store: memoryStore(),
    sink: memorySink({ keepStates }),
    services: simulatedServices(),
    verifier: simulatedVerifier(behaviours),
    publisher: memoryPublisher(),
    inbox: memoryInbox(),
  };
  if (stable) {
    runtime.place({ project, environment, release: stable.id });
    const slots = [{ slot: 'stable' as const, release: stable.id, weight: 100 }];
    const { generation, sequence } = initial;
    router.place({ project, environment, host: '127.0.0.1', port: 4000, generation, sequence, slots });
  }
  return {
    ...ports,
    ports,
    behaviours,
    initial,
    violations,
    later(ms, what) {
      void clock.sleepUntil(clock.now() + ms, forever).then(() => what(clock.now()));
    },
  };
}

const forever = new AbortController().signal;

function violationsOf({ project, environment, slots }: Route, runtime: SimulatedRuntime, at: Instant): string[] {
  const total = slots.reduce((sum, { weight }) => sum + weight, 0);
  const starving = slots.filter(
    (slot) => slot.weight > 0 && !runtime.isUp(workloadIn({ project, environment }, slot), at),
  );
  return [
    ...(slots.length > 0 && total !== 100 ? [`weights add up to ${total}`] : []),
    ...starving.map(({ release, weight }) => `${release} has no healthy instance for its ${weight} %`),
  ];
}

export interface Ending {
  state: EnvironmentState;
  audit: readonly AuditEntry[];
  /** The routes that were in force, in order, with the time of each. */
  routes: readonly RouteInForce[];
  /** The share of the newest release of the plan in each of these routes since the rollout began. */
  shares: number[];
}

export interface DriveOptions {
  /** The world's, unless a test puts something between. */
  ports?: RolloutPorts;
  /** Tells the driver to leave. */
  signal?: AbortSignal;
  /** Simulated milliseconds before the rollout counts as one that never ends: 30 days. */
  within?: number;
}

/** Begins the rollout of a plan and drives it to its end. Rejects where the state refuses to begin. */
export async function deploy(world: World, plan: Plan, options: DriveOptions = {}): Promise<Ending> {
  const before = (await world.store.load(plan.project, plan.environment)) ?? world.initial;
  const act = { type: 'begin', at: world.clock.now(), plan } as const;
  const refusal = refuse(before, act);
  if (refusal) throw refusal;
  return drive(world, transition(before, act), options);
}

/** Goes on from what the store holds, as a driver does that was started again. */
export async function resume(world: World, options: DriveOptions = {}): Promise<Ending> {
  const { project, environment } = world.initial;
  return drive(world, (await world.store.load(project, environment)) ?? world.initial, options);
}

async function drive(world: World, start: EnvironmentState, options: DriveOptions): Promise<Ending> {
  const { clock, router, sink } = world;
  const { ports = world.ports, within = 30 * 24 * 3_600_000 } = options;
  const stop = new AbortController();
  const ended = new AbortController();
  options.signal?.addEventListener('abort', () => stop.abort(options.signal?.reason), { once: true });
  const late = clock.sleepUntil(clock.now() + within, ended.signal).then(
    () => stop.abort(new Error('the rollout did not end in time')),
    () => undefined,
  );
  try {
    const state = await run(start, ports, stop.signal);
    const routes = router.history(state.project, state.environment);
    return { state, audit: sink.entries(), routes, shares: sharesOf(routes, state) };
  } finally {
    ended.abort();
    await late;
  }
}

function sharesOf(routes: readonly RouteInForce[], { generation, rollout }: EnvironmentState): number[] {
  return routes
    .filter(({ route }) => route.generation === generation)
    .map(({ route }) => route.slots.find(({ release }) => release === rollout?.plan.release.id)?.weight ?? 0);
}
