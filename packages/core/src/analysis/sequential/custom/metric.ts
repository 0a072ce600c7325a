import type { MetricSettings } from '../../../config/schema';
import type { Interval } from '../../figures';
import { mergeHistograms, type Histogram } from '../../histogram';
import type { Share } from '../errors';
import { tailOf } from '../latency';
import { addErrors, addLatency, noStrand, type Strand, type Trust } from '../strand';
import { badAmounts } from './amounts';
import { coarsely, shortly } from './brief';
import { addGauge, addMean, meanOf, type Means } from './gauge';
import { addShares, badOf } from './ratio';
import { armsOfMetric, lastTold, type LastTold } from './told';

/**
 * The evidence of one metric that services tell of themselves. `strands`: one, for a histogram one for each quantile. `canary`,
 * `baseline`: all that they told so far, so that more is worse: where lower is worse, those that did not say yes, or 1 / the
 * amount. A gauge is as it was told.
 */
export type MetricState = LastTold & { strands: Strand[] } & (
    | { kind: 'ratio'; canary: Share; baseline: Share }
    | { kind: 'histogram'; canary: Histogram; baseline: Histogram }
    | { kind: 'gauge'; canary: Means; baseline: Means }
  );

export function startMetric(settings: MetricSettings): MetricState {
  const unseen = { canarySeen: null, baselineSeen: null };
  switch (settings.kind) {
    case 'ratio':
      return { kind: 'ratio', ...unseen, strands: [noStrand], ...both({ hits: 0, of: 0 }) };
    case 'histogram':
      return { kind: 'histogram', ...unseen, strands: settings.quantiles.map(() => noStrand), ...both<Histogram>([]) };
    case 'gauge':
      return { kind: 'gauge', ...unseen, strands: [noStrand], ...both({ sum: 0, count: 0 }) };
  }
}

const both = <T>(of: T) => ({ canary: of, baseline: of });

/** Adds what was told in an interval. Figures of another kind than is asked for are none. */
export function observeMetric(
  state: MetricState,
  interval: Interval,
  name: string,
  settings: MetricSettings,
  trust: Trust,
): MetricState {
  const told = interval.metrics?.[name];
  if (told?.kind !== settings.kind) return state;
  const seen = lastTold(state, told, interval);

  if (settings.kind === 'ratio' && state.kind === 'ratio' && told.kind === 'ratio') {
    const arms = armsOfMetric(told.slots, interval);
    const counts = { canary: badOf(arms.canary, settings.worse), baseline: badOf(arms.baseline, settings.worse) };
    return {
      ...{ ...state, ...seen },
      strands: state.strands.map((strand) => shortly(addErrors(strand, counts, state, settings, trust))),
      canary: addShares(state.canary, counts.canary),
      baseline: addShares(state.baseline, counts.baseline),
    };
  }

  if (settings.kind === 'histogram' && state.kind === 'histogram' && told.kind === 'histogram') {
    const { layout } = told;
    const arms = armsOfMetric(told.slots, interval);
    const [own, other] = [
      badAmounts(arms.canary, layout, settings.worse),
      badAmounts(arms.baseline, layout, settings.worse),
    ];
    const amounts = {
      ...{ canary: tailOf(own), baseline: tailOf(other) },
      layout: settings.worse === 'higher' ? layout : { turned: layout },
      past: { canary: tailOf(state.canary), baseline: state.baseline },
    };
    const ratios = { abort: settings.abort.ratio, promote: settings.promote.ratio };
    return {
      ...{ ...state, ...seen },
      strands: settings.quantiles.map((quantile, i) =>
        shortly(addLatency(state.strands[i] ?? noStrand, amounts, quantile, ratios, trust)),
      ),
      canary: mergeHistograms([state.canary, coarsely(own)]),
      baseline: mergeHistograms([state.baseline, coarsely(other)]),
    };
  }

  if (settings.kind === 'gauge' && state.kind === 'gauge' && told.kind === 'gauge') {
    const arms = armsOfMetric(told.slots, interval);
    const [canary, baseline] = [meanOf(arms.canary), meanOf(arms.baseline)];
    if (canary === null || baseline === null) return { ...state, ...seen };
    return {
      ...{ ...state, ...seen },
      strands: state.strands.map((strand) => shortly(addGauge(strand, { canary, baseline }, settings, trust))),
      canary: addMean(state.canary, canary),
      baseline: addMean(state.baseline, baseline),
    };
  }
  return state;
}
