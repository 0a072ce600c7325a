import { compareFigures, leastSamples, usageFigures, type CheckOutcome, type Config, type Finding } from '@sluice/core';
import { fire } from './cannon';
import { counted, fail, pass } from './outcome';
import { startSampling, type ReadUsage, type UsageReading } from './usage-samples';

export interface LoadSubject {
  /** Where the started release answers: `http://127.0.0.1:4000` */
  baseUrl: string;
  usage: ReadUsage;
}
export type LoadSettings = Config['load'];

/** The requests of a run. Times in ms, rates in requests a second. */
export interface Counted {
  requests: number;
  errors: number;
  /** Requests without an error, a second. */
  rate: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/** What a release used while it was loaded. */
export interface Used {
  readings: UsageReading[];
  /** How often one of its instances was started again since before the warm-up. */
  restarts: number;
}

/** Warms the release up, then loads it by `work`, which is to take about so many ms, and watches what it uses. */
export async function underLoad<T>(
  { baseUrl, usage }: LoadSubject,
  settings: LoadSettings,
  duration: number,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<{ found: T; used: Used }> {
  const before = await usage();
  if (settings.warmup > 0) await fire({ ...settings, baseUrl }, settings.warmup, signal);
  await usage(); // processor time is counted from the reading before
  const sampling = startSampling(usage, duration);
  try {
    const found = await work();
    const readings = await sampling.end();
    return { found, used: { readings, restarts: (await usage()).restarts - before.restarts } };
  } finally {
    await sampling.end();
  }
}

export const figuresOf = (run: Counted | null, { readings }: Used): Record<string, number> => ({
  ...(run && requestFigures(run)),
  ...usageFigures(readings),
});

function requestFigures({ requests, errors, rate, p50, p95, p99 }: Counted): Record<string, number> {
  return {
    requests,
    errors,
    rate: Number(rate.toFixed(2)),
    ...(requests > 0 ? { errorRate: errors / requests } : {}),
    ...(p50 === null ? {} : { p50Ms: p50 }),
    ...(p95 === null ? {} : { p95Ms: p95 }),
    ...(p99 === null ? {} : { p99Ms: p99 }),
  };
}

/** Compares with the thresholds. `problems` were found elsewhere, `summary` is how a pass begins. */
export function judgeLoad(
  figures: Record<string, number>,
  settings: LoadSettings,
  { restarts, readings }: Used,
  { problems, summary }: { problems: string[]; summary: string },
): CheckOutcome {
  const { maxErrorRate, maxP50: p50, maxP95: p95, maxP99: p99, minRate: rate, maxCpu: cpu } = settings;
  // a command that leaves no figures is judged by its exit code
  const errorRate = settings.command && !settings.results ? undefined : maxErrorRate;
  // and one that is over at once loaded nothing that could have grown
  const memoryGrowth = settings.command && readings.length < leastSamples ? undefined : settings.maxMemoryGrowth;
  const limits = { p50, p95, p99, errorRate, rate, cpu, memoryGrowth };
  const { kept, missed } = compareFigures(limits, figures);
  const all = [
    ...problems,
    ...(restarts > 0 ? [`instances were started again ${counted(restarts, 'time')} while it was loaded`] : []),
    ...missed,
  ];
  if (all.length === 0) return pass([summary, ...(kept.length > 0 ? [kept.join('; ')] : [])].join(': '), figures);
  const findings = all.map((message): Finding => ({ severity: 'high', message }));
  return fail(all.join('; '), findings, figures);
}
