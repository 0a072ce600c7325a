import type { Instant } from '../../analysis/figures';
import type { RolloutPorts } from '../../ports';
import type { Workload } from '../../release';
import { workloadIn } from '../../rollout/baseline-workloads';
import type { Route } from '../../rollout/model';
import { behaviourOf, type Behaviours } from '../behaviour';
import { aRelease } from '../builders';
import { memoryInbox, type MemoryInbox } from '../memory-inbox';
import { memoryPublisher } from '../memory-publisher';
import { memorySink, type MemorySink } from '../memory-sink';
import { memoryStore, type MemoryStore } from '../memory-store';
import { simulatedClock, type SimulatedClock } from '../simulated-clock';
import type { InstanceCell } from '../../analysis/sequential/history';
import { seededRandom } from '../random';
import { simulatedMetrics, type SimulatedMetrics } from '../simulated-metrics';
import { simulatedRouter, type RouteInForce, type SimulatedRouter } from '../simulated-router';
import { simulatedRuntime, type SimulatedRuntime } from '../simulated-runtime';
import { simulatedServices, type SimulatedServices } from '../simulated-services';
import { simulatedVerifier } from '../simulated-verifier';
import { count } from '../traffic';
import { releaseNames, type ReleaseName, type Scenario } from './scenario';

/** Everything around a driver, with a handle for each thing that can go wrong. */
export interface SimWorld {
  clock: SimulatedClock;
  runtime: SimulatedRuntime;
  router: SimulatedRouter;
  metrics: SimulatedMetrics;
  services: SimulatedServices;
  store: MemoryStore;
  sink: MemorySink;
  inbox: MemoryInbox;
  behaviours: Behaviours;
  /** While one is set, what would be written there is refused with it. */
  disk: Error | null;
  log: Error | null;
  report: Error | null;
  /** While one is set, nothing can be asked of what runs the instances, or of what runs the checks. */
  engine: Error | null;
  checks: Error | null;
  /** Milliseconds that checks take, and that instances take to end. */
  checkTime: number;
  drainTime: number;
  /** Milliseconds that the clock of a driver that begins now is set ahead. */
  ahead: number;
  /** Requests a second now, and when nothing is the matter. */
  users: number;
  usualUsers: number;
  /** Requests that were truly answered, by slot, release and time, as often as they were asked for. */
  served: { slot: string; release: string; from: Instant; requests: number }[];
  ports: RolloutPorts;
  place: { project: string; environment: string };
  workloadOf(release: ReleaseName): Workload;
  /** The newest route and since when. */
  inForce(): RouteInForce | undefined;
}

/** `seen` is told of each route before it is in force, and of each workload before it is stopped. */
export interface Witness {
  route(route: Route): void;
  stop(workload: Workload): void;
}

const cell = 10_000;

/** Half of all worlds have a past: three quarters of an hour in which errors and slow requests came as they do here. */
function pastOf({ seed }: Scenario): InstanceCell[] {
  if (seed % 2 === 0) return [];
  const random = seededRandom(seed, 0x9a57);
  const spread = 1 + 3 * random.next();
  return Array.from({ length: 45 }, (_, block): InstanceCell => {
    const [errors, slow] = [random, random].map(({ poisson }) => Math.round(spread * poisson(10 / spread)));
    const latency = [
      [50, 1000 - (slow ?? 0)],
      [100, slow ?? 0],
    ] as const;
    return { instance: 'a', block, requests: 1000, errors: errors ?? 0, latency };
  });
}

export function simWorld(scenario: Scenario, witness: Witness): SimWorld {
  const { environment, users, isLive } = scenario;
  const project = 'app';
  const clock = simulatedClock();
  const behaviours: Behaviours = new Map();
  for (const name of releaseNames) behaviours.set(aRelease(name).id, { ...usual, ...scenario.releases[name] });
  for (const name of ['neighbour', 'neighbour next']) behaviours.set(aRelease(name).id, usual);
  const runtime = simulatedRuntime(clock, behaviours);
  const router = simulatedRouter(clock, (route) => witness.route(route));
  const served: SimWorld['served'] = [];
  const metrics = simulatedMetrics(
    {
      now: () => clock.now(),
      history: router.history,
      serve(part) {
        const isUp = runtime.isUp(workloadIn(part, part.slot), part.from);
        const rates = { users: world.users, synthetic: 0 };
        const behaviour = behaviourOf(behaviours, part.slot.release);
        const latency = { ...behaviour.latency, median: behaviour.latency.median * scenario.pace };
        const figures = count(part, rates, { ...behaviour, latency }, isUp, scenario.seed);
        served.push({ slot: part.slot.slot, release: part.slot.release, from: part.from, requests: figures.requests });
        return figures;
      },
      tell: () => ({}),
    },
    cell,
  );
  metrics.past = pastOf(scenario);
  const store = memoryStore({ isTrusting: scenario.seed % 16 !== 0 });
  const sink = memorySink();
  const inbox = memoryInbox();
  const publisher = memoryPublisher();
  const services = simulatedServices();
  const verifier = simulatedVerifier(behaviours);
  const workloadOf = (name: ReleaseName) => ({ project, environment, release: aRelease(name).id });

  const world: SimWorld = {
    ...{ clock, runtime, router, metrics, services, store, sink, inbox, behaviours, workloadOf },
    place: { project, environment },
    inForce: () => router.history(project, environment).at(-1),
    ...{
      disk: null,
      log: null,
      report: null,
      engine: null,
      checks: null,
      checkTime: 0,
      drainTime: 0,
      ahead: 0,
      users,
      usualUsers: users,
    },
    served,
    ports: {
      ...{ clock, router, metrics, services, inbox },
      verifier: {
        async verify(subject, checks, signal) {
          if (world.checks) throw world.checks;
          if (world.checkTime > 0) await clock.sleepUntil(clock.now() + world.checkTime, signal);
          return verifier.verify(subject, checks, signal);
        },
      },
      runtime: {
        prove: (...args) => unless(world.engine, () => runtime.prove(...args)),
        start: (...args) => unless(world.engine, () => runtime.start(...args)),
        health: (...args) => unless(world.engine, () => runtime.health(...args)),
        async stop(workload, signal) {
          if (world.engine) throw world.engine;
          witness.stop(workload);
          if (world.drainTime > 0) await clock.sleepUntil(clock.now() + world.drainTime, signal);
          return runtime.stop(workload, signal);
        },
      },
      store: {
        load: store.load,
        save: (state, after) => unless(world.disk, () => store.save(state, after)),
      },
      sink: {
        ...sink,
        record: (entries) => unless(entries.length > 0 ? world.log : null, () => sink.record(entries)),
      },
      publisher: {
        publish: (...args) => unless(world.report, () => publisher.publish(...args)),
      },
      synthetic: { keep: () => undefined },
    },
  };
  if (isLive) {
    const first = workloadOf('first');
    runtime.place(first);
    const slots = [{ slot: 'stable' as const, release: first.release, weight: 100 }];
    router.place({ project, environment, host: '127.0.0.1', port: 4000, generation: 1, sequence: 0, slots });
  }
  return world;
}

const unless = <T>(trouble: Error | null, work: () => Promise<T>): Promise<T> =>
  trouble ? Promise.reject(trouble) : work();

const usual = { latency: { median: 50, sigma: 0.02 }, errorRate: 0.01, startTime: 1000, instances: 2 };
