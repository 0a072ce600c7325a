import {
  environmentNames,
  isSameWorkload,
  statusReport,
  summarise,
  workloadIn,
  type Clock,
  type EnvironmentName,
  type EnvironmentState,
  type Health,
  type MetricSource,
  type Problem,
  type Runtime,
  type StatusInput,
  type StatusReport,
  type TrafficRouter,
  type Workload,
} from '@sluice/core';
import { measureAll } from './metrics';

/** What has a process; an instance that ended and was not started again yet is not in it. */
export interface Usage {
  instances: { cpuPercent: number | null; memoryBytes: number | null }[];
  dbConnections: number | null;
}

export interface LiveSources {
  clock: Clock;
  router: TrafficRouter;
  metrics: MetricSource;
  stateOf(project: string, environment: EnvironmentName): Promise<EnvironmentState>;
  /** Why its rollout stands still. */
  troubleOf(project: string, environment: EnvironmentName): Problem | null;
  health: Runtime['health'];
  usage(workload: Workload, signal: AbortSignal): Promise<Usage>;
}

/** Figures of status are those of the last so many milliseconds. */
const windowMs = 60_000;
const answerTime = 5_000;

/** What runs where right now; what can't be found out is unknown, not zero. */
export async function readStatus(project: string, sources: LiveSources): Promise<StatusReport> {
  const environments = await Promise.all(
    environmentNames.map(async (environment) => {
      const state = await sources.stateOf(project, environment);
      const trouble = sources.troubleOf(project, environment);
      return { environment, state, trouble, live: await readLive(state, sources).catch(() => null) };
    }),
  );
  return statusReport({ project, now: sources.clock.now(), environments });
}

async function readLive(
  state: EnvironmentState,
  sources: LiveSources,
): Promise<StatusInput['environments'][number]['live']> {
  const { project, environment } = state;
  const signal = AbortSignal.timeout(answerTime);
  const route = await sources.router.read(project, environment, signal);
  if (!route) return null;
  const now = sources.clock.now();
  const { slots } = await measureAll(sources.metrics, { project, environment, from: now - windowMs, to: now }, signal);
  const served = route.slots.map(async ({ slot, release, weight }) => {
    const workload = workloadIn(route, { slot, release });
    const [health, usage] = await Promise.all([sources.health(workload, signal), sources.usage(workload, signal)]);
    const own = slots.filter((figures) => isSameWorkload(workloadIn(route, figures), workload));
    return { slot, release, weight, summary: summarise(own), windowMs, workload: total(health, usage) };
  });
  return { slots: await Promise.all(served) };
}

function total({ healthy, wanted, restarts }: Health, { instances, dbConnections }: Usage) {
  return {
    ...{ healthy, wanted, restarts },
    cpuPercent: sumKnown(instances.map(({ cpuPercent }) => cpuPercent)),
    memoryBytes: sumKnown(instances.map(({ memoryBytes }) => memoryBytes)),
    dbConnections,
  };
}

const sumKnown = (amounts: (number | null)[]): number | null =>
  amounts.length === 0 || amounts.includes(null)
    ? null
    : amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
