import { compareErrors, comparisonOf } from '../../gates/compare';
import type { Comparison } from '../../gates/gate';
import { summarise } from '../figures';
import { quantile } from '../histogram';
import type { SequentialSettings, SequentialState } from '../sequential';
import { errorTimes, latencyTimes, noBounds, spanOf, type Bounds } from './bounds';
import { logAddExp } from './grid';
import { abortWorth, promoteWorth } from './strand';

/** The logarithms of what the evidence is worth: against the release over all metrics, for it by each. */
export function worthsOf(state: SequentialState, { errors, latency }: SequentialSettings) {
  const weights = errors.weight + latency.weight;
  const against = logAddExp(
    Math.log(errors.weight / weights) + abortWorth([state.errors]),
    Math.log(latency.weight / weights) + abortWorth(state.latency),
  );
  return { against, forIt: { errors: promoteWorth([state.errors]), latency: promoteWorth(state.latency) } };
}

/** The error rate and each quantile of latency beside the baseline's, with the limit of a margin and the span of the ratio. */
export function comparisonsOf(
  { arms: { canary, baseline }, ...state }: SequentialState,
  { errors, latency, alpha }: SequentialSettings,
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
    const compared = comparisonOf(`latency ${nameOf(part)}`, 'ms', own, other, limit);
    return ratio(compared, state.latency[i]?.bounds ?? noBounds, latencyTimes);
  });
  return [ratio(rate, state.errors.bounds, errorTimes), ...strands];
}

/** `p95`, `p99.9` */
export const nameOf = (part: number): string => `p${Number((part * 100).toFixed(3))}`;

const timesOf = ({ value, baseline }: Comparison): number | null =>
  value === null || baseline === null || baseline === 0 ? null : value / baseline;
