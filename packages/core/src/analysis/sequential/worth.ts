import { compareErrors, comparisonOf } from '../../gates/compare';
import type { Comparison } from '../../gates/gate';
import { summarise } from '../figures';
import { quantile } from '../histogram';
import type { SequentialSettings, SequentialState } from '../sequential';
import { errorTimes, latencyTimes, noBounds, spanOf, type Bounds } from './bounds';
import { compareMetrics, strandsOf } from './custom/metrics';
import { logAddExp } from './grid';
import { quantileName } from './quantile-name';
import { abortWorth, promoteWorth, type Strand } from './strand';

/** The logarithms of what the evidence is worth: against the release over all metrics, for it by each. */
export function worthsOf(state: SequentialState, settings: SequentialSettings) {
  const metrics = metricsOf(state, settings);
  const weights = metrics.reduce((sum, { weight }) => sum + weight, 0);
  const parts = metrics.map(({ weight, strands }) => Math.log(weight / weights) + abortWorth(strands));
  const forIt = Object.fromEntries(metrics.map(({ name, strands }) => [name, promoteWorth(strands)]));
  return { against: parts.reduce(logAddExp, -Infinity), forIt };
}

/** All that is judged, by name: errors, latency, and what services tell of themselves. */
export const metricsOf = (
  state: SequentialState,
  { errors, latency, metrics }: SequentialSettings,
): { name: string; weight: number; strands: readonly Strand[] }[] => [
  { name: 'errors', weight: errors.weight, strands: [state.errors] },
  { name: 'latency', weight: latency.weight, strands: state.latency },
  ...strandsOf(state.metrics, metrics),
];

/** The error rate, each quantile of latency and each strand of other metrics beside the baseline's, with the limit of a margin and the span of the ratio. */
export function comparisonsOf(
  { arms: { canary, baseline }, ...state }: SequentialState,
  { errors, latency, metrics, alpha }: SequentialSettings,
  side: 'abort' | 'promote',
): Comparison[] {
  const ratio = (comparison: Comparison, bounds: Bounds, times: readonly number[]): Comparison => ({
    ...comparison,
    ratio: { estimate: timesOf(comparison), ...spanOf(bounds, times, alpha) },
  });
  const rate = compareErrors(summarise([canary]), summarise([baseline]), errors[side]);
  const strands = latency.quantiles.map((part, i) => {
    const [own, other] = [quantile(canary.latency, part), quantile(baseline.latency, part)];
    const limit = other === null ? null : other * latency[side].ratio;
    const compared = comparisonOf(`latency ${quantileName(part)}`, 'ms', own, other, limit);
    return ratio(compared, state.latency[i]?.bounds ?? noBounds, latencyTimes);
  });
  return [
    ratio(rate, state.errors.bounds, errorTimes),
    ...strands,
    ...compareMetrics(state.metrics, metrics, side, alpha),
  ];
}

const timesOf = ({ value, baseline }: Comparison): number | null =>
  value === null || baseline === null || baseline === 0 ? null : value / baseline;
