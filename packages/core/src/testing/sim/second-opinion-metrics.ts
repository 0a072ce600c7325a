import type { JudgeSettings } from '../../analysis/methods';
import type { Instant, Interval, Slot } from '../../analysis/figures';
import { unknownDispersion } from '../../analysis/sequential/dispersion';
import { errorEvidence, errorRatios } from '../../analysis/sequential/errors';

type Settings = Extract<JudgeSettings, { method: 'sequential' }>;
type Metric = Settings['metrics'][string];
type Side = 'abort' | 'promote';

/** What one interval says of a metric of a service's own, for each thing that is bet on: logarithms, divided already. */
export interface Opinion {
  weight: number;
  bets: Record<Side, readonly number[]>;
  evidence: (side: Side) => (interval: Interval, bet: number) => number;
}

export const opinionsOf = ({ metrics, robust }: Settings): Opinion[] =>
  Object.entries(metrics).map(([name, metric]) => {
    const phi = robust.dispersion === 'auto' ? unknownDispersion : robust.dispersion;
    const isGauge = metric.kind === 'gauge';
    return {
      weight: metric.weight,
      bets: isGauge ? { abort: chances, promote: chances } : errorRatios,
      evidence: (side) => (interval, bet) => evidenceOf(interval, name, metric, side, bet) / phi,
    };
  });

const chances = [0.6, 0.7, 0.8, 0.9, 0.97];

function evidenceOf(interval: Interval, name: string, metric: Metric, side: Side, bet: number): number {
  const told = interval.metrics?.[name];
  if (metric.kind === 'ratio' && told?.kind === 'ratio') {
    const share = (slot: Slot) => {
      const { hits = 0, of = 0 } = told.slots.find((one) => one.slot === slot) ?? {};
      return { hits: metric.worse === 'higher' ? hits : of - hits, of };
    };
    return errorEvidence({ canary: share('canary'), baseline: share('stable') }, metric[side], bet);
  }
  if (metric.kind !== 'gauge' || told?.kind !== 'gauge') return 0;
  const [own, other] = (['canary', 'stable'] as const).map((slot) => told.slots.find((one) => one.slot === slot));
  if (!own?.count || !other?.count) return 0;
  const times = own.sum / own.count / (other.sum / other.count);
  const { ratio } = metric[side];
  const isBeyond = metric.worse === 'higher' ? times > ratio : 1 / times > ratio;
  return Math.log(isBeyond === (side === 'abort') ? 2 * bet : 2 - 2 * bet);
}

/** Whether some metric is not told by one of the two, or was last told too long before `at`. */
export const isSomeMissing = (counted: readonly Interval[], at: Instant, { metrics, noData }: Settings): boolean =>
  Object.entries(metrics).some(([name, { kind }]) =>
    (['canary', 'stable'] as const).some((slot) => {
      const telling = counted.filter(({ metrics: told }) => {
        const figures = told?.[name];
        if (figures?.kind !== kind || figures.kind === 'histogram') return false;
        if (figures.kind === 'ratio') return figures.slots.some((one) => one.slot === slot && one.of > 0);
        return figures.slots.some((one) => one.slot === slot && one.count > 0);
      });
      return at - (telling.at(-1)?.to ?? -Infinity) > noData;
    }),
  );
