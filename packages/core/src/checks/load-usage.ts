/** What the loaded release used at one moment; `null` where it could not be told. */
export interface UsageSample {
  /** Of one core, since the sample before. */
  cpuPercent: number | null;
  memoryBytes: number | null;
}

/** Below it, a quarter of a run has too few samples for a median. */
export const leastSamples = 8;

/**
 * The figures of the samples of a run, in their order: `cpuPercent` (the median), `cpuMaxPercent`, `memoryStartBytes`,
 * `memoryEndBytes`, `memoryMaxBytes` and `memoryGrowthBytes`. What could not be told is left out.
 */
export function usageFigures(samples: readonly UsageSample[]): Record<string, number> {
  const cpu = samples.flatMap(({ cpuPercent }) => cpuPercent ?? []);
  const memory = samples.flatMap(({ memoryBytes }) => memoryBytes ?? []);
  const [start, end] = [memory[0], memory.at(-1)];
  const growth = steadyGrowth(memory);
  return {
    ...(cpu.length > 0 && { cpuPercent: round(median(cpu)), cpuMaxPercent: round(Math.max(...cpu)) }),
    ...(start !== undefined &&
      end !== undefined && {
        memoryStartBytes: start,
        memoryEndBytes: end,
        memoryMaxBytes: Math.max(...memory),
      }),
    ...(growth !== null && { memoryGrowthBytes: growth }),
  };
}

/**
 * How much the memory grew from the first to the last quarter of a run, as far as it grew all the time: three times the
 * least step between the medians of neighbouring quarters, 0 where one of them goes down. A leak goes on at its pace; a heap that
 * finds its size, a cache that fills and garbage that waits for its collection come to a stand within the run.
 */
export function steadyGrowth(memory: readonly number[]): number | null {
  if (memory.length < leastSamples) return null;
  const edge = (quarter: number) => Math.round((quarter * memory.length) / 4);
  const medians = [0, 1, 2, 3].map((quarter) => median(memory.slice(edge(quarter), edge(quarter + 1))));
  const steps = medians.slice(1).map((value, at) => value - (medians[at] ?? 0));
  return Math.max(0, Math.round(3 * Math.min(...steps)));
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const round = (value: number): number => Math.round(value * 10) / 10;
