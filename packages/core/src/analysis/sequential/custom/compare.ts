import type { MetricSettings } from '../../../config/schema';
import { comparisonOf } from '../../../gates/compare';
import type { Comparison } from '../../../gates/gate';
import { quantile, type Histogram } from '../../histogram';
import { errorTimes, latencyTimes, noBounds, spanOf, type Bounds } from '../bounds';
import type { Share } from '../errors';
import { quantileName } from '../quantile-name';
import { endless } from './amounts';
import type { Means } from './gauge';
import type { MetricState } from './metric';

type Span = ReturnType<typeof spanOf>;

/** One comparison for each strand, in their order. `risk`: of the spans. */
export function compareMetric(
  name: string,
  state: MetricState,
  settings: MetricSettings,
  side: 'abort' | 'promote',
  risk: number,
): Comparison[] {
  const compare = settings.worse === 'higher' ? compareHigher : compareLower;
  const { ratio } = settings[side];
  const span = (i: number, times: readonly number[]) => spanOf(boundsOf(state, i), times, risk);

  if (settings.kind === 'ratio' && state.kind === 'ratio') {
    const metric = settings.worse === 'higher' ? name : `not ${name}`;
    const [own, other] = [rateOf(state.canary), rateOf(state.baseline)];
    const limit = other === null ? null : other * ratio + settings[side].absolute;
    return [withRatio(comparisonOf(metric, 'share', own, other, limit), span(0, errorTimes))];
  }
  if (settings.kind === 'histogram' && state.kind === 'histogram') {
    const isTurned = settings.worse === 'lower';
    const at = (values: Histogram, part: number) => {
      const edge = quantile(values, part);
      return edge === null || !isTurned ? edge : edge >= endless ? 0 : 1 / edge;
    };
    return settings.quantiles.map((part, i) => {
      const metric = `${name} ${partName(part, settings.worse)}`;
      return compare(metric, at(state.canary, part), at(state.baseline, part), ratio, span(i, latencyTimes));
    });
  }
  if (state.kind !== 'gauge') return [];
  return [compare(name, meanOf(state.canary), meanOf(state.baseline), ratio, span(0, errorTimes))];
}

/** Of the amounts, where parts are those that are no worse. */
export const partName = (part: number, worse: 'higher' | 'lower'): string =>
  quantileName(worse === 'higher' ? part : 1 - part);

const boundsOf = ({ strands }: MetricState, i: number): Bounds => strands[i]?.bounds ?? noBounds;

function compareHigher(metric: string, own: number | null, other: number | null, ratio: number, span: Span) {
  return withRatio(comparisonOf(metric, 'number', own, other, other === null ? null : other * ratio), span);
}

/** Where lower is worse the limit is a lowest one, and a span of how many times as bad it is turns round. */
function compareLower(metric: string, own: number | null, other: number | null, ratio: number, { from, to }: Span) {
  const limit = other === null ? null : other / ratio;
  const compared: Comparison = {
    ...comparisonOf(metric, 'number', own, other, limit),
    ok: own === null || limit === null ? null : own >= limit,
    worse: 'lower',
  };
  return withRatio(compared, { from: to === null ? null : 1 / to, to: from === null ? null : 1 / from });
}

const withRatio = (comparison: Comparison, span: Span): Comparison => {
  const { value, baseline } = comparison;
  const estimate = value === null || baseline === null || baseline === 0 ? null : value / baseline;
  return { ...comparison, ratio: { estimate, ...span } };
};

const rateOf = ({ hits, of }: Share): number | null => (of > 0 ? hits / of : null);
const meanOf = ({ sum, count }: Means): number | null => (count > 0 ? sum / count : null);
