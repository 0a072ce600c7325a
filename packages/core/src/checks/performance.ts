import type { Config } from '../config/schema';
import { formatSize } from '../config/size';
import { formatAmount } from '../gates/compare';
import type { Check, CheckOutcome } from './check';

/**
 * What the figures of a load run must keep. `p50`, `p95`, `p99` in ms and `errorRate` as a share are ceilings, `rate`
 * in requests a second is a floor. What is not stated is not compared.
 */
export type FigureTargets = Partial<Pick<Config['performance'], 'p50' | 'p95' | 'p99' | 'errorRate' | 'rate'>>;

/** Also ceilings of what it uses: per cent of one core, and growth of its memory in bytes. */
export interface LoadLimits extends FigureTargets {
  cpu?: number | undefined;
  memoryGrowth?: number | undefined;
}

/** `figures` are those of the load stage: `p50Ms`, `p95Ms`, `p99Ms`, `errorRate`, `rate`. */
export interface PerformanceSubject {
  targets: FigureTargets;
  figures: Readonly<Record<string, number>>;
}

interface Row {
  target: keyof LoadLimits;
  figure: string;
  label: string;
  show: (amount: number) => string;
  bound: 'at most' | 'at least';
}

const milliseconds = (amount: number) => formatAmount(amount, 'ms');
const rows: readonly Row[] = [
  { target: 'p50', figure: 'p50Ms', label: 'latency p50', show: milliseconds, bound: 'at most' },
  { target: 'p95', figure: 'p95Ms', label: 'latency p95', show: milliseconds, bound: 'at most' },
  { target: 'p99', figure: 'p99Ms', label: 'latency p99', show: milliseconds, bound: 'at most' },
  {
    target: 'errorRate',
    figure: 'errorRate',
    label: 'error rate',
    show: (amount) => formatAmount(amount, 'share'),
    bound: 'at most',
  },
  {
    target: 'rate',
    figure: 'rate',
    label: 'throughput',
    show: (amount) => `${Number(amount.toFixed(1))} requests/s`,
    bound: 'at least',
  },
  { target: 'cpu', figure: 'cpuPercent', label: 'CPU', show: (amount) => `${amount.toFixed(0)} %`, bound: 'at most' },
  { target: 'memoryGrowth', figure: 'memoryGrowthBytes', label: 'memory growth', show: formatSize, bound: 'at most' },
];

/** How a target is named and shown. */
export function rowOf(target: keyof LoadLimits): Row {
  const row = rows.find((one) => one.target === target);
  if (!row) throw new RangeError(`no target ${target}`);
  return row;
}

/**
 * Compares each stated target with its figure: what was kept and what was missed, in words. A figure that is not there,
 * or is no number, misses its target.
 */
export function compareFigures(
  targets: LoadLimits,
  figures: PerformanceSubject['figures'],
): { kept: string[]; missed: string[] } {
  const kept: string[] = [];
  const missed: string[] = [];
  for (const { target, figure, label, show, bound } of rows) {
    const limit = targets[target];
    if (limit === undefined) continue;
    const value = figures[figure];
    const stated = `${bound} ${show(limit)}`;
    if (value === undefined || !Number.isFinite(value)) missed.push(`${label} was not measured, it must be ${stated}`);
    else if (bound === 'at most' ? value <= limit : value >= limit) kept.push(`${label} is ${show(value)} (${stated})`);
    else missed.push(`${label} is ${show(value)}, it must be ${stated}`);
  }
  return { kept, missed };
}

/** The performance stage: figures against targets; nothing is loaded a second time. */
export const performanceCheck = (): Check<PerformanceSubject> => ({
  name: 'performance',
  tool: 'sluice',
  version: '1', // of these rules
  timeLimit: 10_000,
  run: async ({ targets, figures }): Promise<CheckOutcome> => {
    const { kept, missed } = compareFigures(targets, figures);
    const compared = Object.fromEntries(
      rows.flatMap(({ figure }) => {
        const value = figures[figure];
        return value === undefined || !Number.isFinite(value) ? [] : [[figure, value]];
      }),
    );
    if (missed.length) {
      const findings = missed.map((message) => ({ severity: 'high' as const, message }));
      return { status: 'fail', reason: missed.join('; '), findings, figures: compared };
    }
    if (kept.length) return { status: 'pass', reason: kept.join('; '), findings: [], figures: compared };
    const reason = 'no performance target is stated: add performance.p95 or others to sluice.json, or to the PRD';
    return { status: 'warn', reason, findings: [], figures: compared };
  },
});
