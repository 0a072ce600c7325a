import type { CustomFigures } from '../analysis/custom-figures';
import type { Interval, SlotFigures } from '../analysis/figures';
import { leastTosses } from '../analysis/sequential/custom/coin';
import { unknownDispersion } from '../analysis/sequential/dispersion';
import type { MetricSettings } from '../config/schema';
import type { Plan } from '../rollout/plan';

/** What a release tells that is better than its baseline by any margin. */
export function idealMetrics(
  { judge }: Plan,
  own: SlotFigures,
  old: readonly SlotFigures[],
): Pick<Interval, 'metrics'> {
  if (judge.method !== 'sequential') return {};
  const metrics = Object.entries(judge.metrics).map(([name, settings]) => [name, idealOf(settings, own, old)] as const);
  return metrics.length > 0 ? { metrics: Object.fromEntries(metrics) } : {};
}

function idealOf({ kind, worse }: MetricSettings, own: SlotFigures, old: readonly SlotFigures[]): CustomFigures {
  const isUp = worse === 'higher';
  const whose = ({ slot, release }: SlotFigures) => ({ slot, release });
  switch (kind) {
    case 'ratio': {
      const share = (figures: SlotFigures, bad: number) => {
        const hits = Math.round(figures.requests * (isUp ? bad : 1 - bad));
        return { ...whose(figures), hits, of: figures.requests };
      };
      return { kind, slots: [share(own, 0), ...old.map((figures) => share(figures, 0.5))] };
    }
    case 'histogram': {
      // half of the baseline's is at the first of these, half of the rest at the next: some is bad at every quantile
      const powers = Array.from({ length: 12 }, (_, k) => k + 1);
      const spread = ({ requests }: SlotFigures) =>
        powers
          .map((k) => [isUp ? 2 ** k : 2 ** -k, Math.floor(requests / 2 ** k)] as const)
          .sort(([one], [other]) => one - other);
      const edges = [...spread(own).map(([edge]) => edge), best / 10, best];
      const values = [[isUp ? 0 : best, own.requests]] as const;
      const others = old.map((figures) => ({ ...whose(figures), values: spread(figures) }));
      return { kind, layout: { edges: isUp ? [0, ...edges] : edges }, slots: [{ ...whose(own), values }, ...others] };
    }
    case 'gauge': {
      const others = old.map((figures) => ({ ...whose(figures), sum: 1, count: 1 }));
      return { kind, slots: [{ ...whose(own), sum: isUp ? 0 : best, count: 1 }, ...others] };
    }
  }
}

const best = 1e7;

/** Intervals without which nothing is shown, however good all of them are. */
export function leastIntervals({ judge }: Plan): number {
  if (judge.method !== 'sequential') return 1;
  const { dispersion } = judge.robust;
  const hasGauge = Object.values(judge.metrics).some(({ kind }) => kind === 'gauge');
  const tosses = leastTosses(judge.beta, dispersion === 'auto' ? unknownDispersion : dispersion);
  return hasGauge ? tosses : 2; // what is slow follows from an earlier interval
}
