import type { Instant } from '@sluice/core';
import { readGroup, readProcess } from '@sluice/adapters/processes';
import pidusage from 'pidusage';
import type { Crew, Run } from './crew';
import { fetchText } from './health-check';
import type { ProcessName } from './live-process';
import { sumOfMetric } from './prometheus-text';

/** What a workload uses now. What is not known is `null`, never 0. */
export interface Usage {
  instances: InstanceUsage[];
  /** The sum over its instances of the gauge that `runtime.metrics.dbConnections` names. */
  dbConnections: number | null;
}

export interface InstanceUsage {
  id: string;
  pid: number;
  port: number;
  healthy: boolean;
  restarts: number;
  /** Of one core, so that two busy cores are 200, of the instance's whole process group. */
  cpuPercent: number | null;
  /** Resident memory of the group; pages that its processes share count in each. */
  memoryBytes: number | null;
  /** Start of the process. */
  since: Instant;
}

/** Instances that have no process at the moment are not in it. */
export async function usageOf(crew: Crew | undefined, signal: AbortSignal): Promise<Usage> {
  const running = crew?.instances.flatMap((instance) => (instance.run ? [{ instance, run: instance.run }] : [])) ?? [];
  const [instances, dbConnections] = await Promise.all([
    Promise.all(
      running.map(async ({ instance: { id, restarts }, run }) => {
        const { port, healthy, since, process } = run;
        return { id, pid: process.pid, port, healthy, restarts, ...(await sizeOfGroup(process)), since };
      }),
    ),
    crew
      ? dbConnectionsOf(
          crew,
          running.map(({ run }) => run),
          signal,
        )
      : null,
  ]);
  return { instances, dbConnections };
}

export async function sizeOfGroup(process: ProcessName): Promise<Pick<InstanceUsage, 'cpuPercent' | 'memoryBytes'>> {
  const unknown = { cpuPercent: null, memoryBytes: null };
  if (readProcess(process.pid)?.identity !== process.identity) return unknown;
  try {
    const pids = readGroup(process.pid).map((entry) => entry.pid);
    const found: Record<string, pidusage.Status | null> = await pidusage(pids);
    const sizes = Object.values(found).filter((size) => size !== null); // null: it ended meanwhile
    if (sizes.length === 0) return unknown;
    return {
      cpuPercent: sizes.reduce((sum, { cpu }) => sum + cpu, 0),
      memoryBytes: sizes.reduce((sum, { memory }) => sum + memory, 0),
    };
  } catch {
    return unknown;
  }
}

async function dbConnectionsOf(crew: Crew, runs: Run[], signal: AbortSignal): Promise<number | null> {
  const { metrics, health } = crew.settings;
  const gauge = metrics?.dbConnections;
  if (!metrics || !gauge) return null;
  const values = await Promise.all(
    runs.map(async ({ port }) => {
      try {
        return sumOfMetric(await fetchText({ port, path: metrics.path, timeout: health.timeout }, signal), gauge);
      } catch {
        return null;
      }
    }),
  );
  const known = values.filter((value) => value !== null);
  return known.length > 0 && known.length === values.length ? known.reduce((sum, value) => sum + value, 0) : null;
}
