import { explainComparison, formatSpan, formatTimes } from '../../gates/compare';
import type { Comparison } from '../../gates/gate';
import { leftOut } from '../arms';
import type { SequentialSettings, SequentialState } from '../sequential';
import { coarseMetrics } from './custom/metrics';
import { unknownDispersion } from './dispersion';
import { quantileName } from './quantile-name';
import { abortWorth } from './strand';
import { metricsOf, worthsOf } from './worth';

/** `19.3 to 1`, of a logarithm */
export function odds(log: number): string {
  const worth = Math.exp(log);
  if (worth >= 1000) return 'over 1000 to 1';
  return worth >= 10 ? `${worth.toFixed(0)} to 1` : `${worth.toFixed(1)} to 1`;
}

/** Why a release is sent back: what drove it first. `comparisons`: one for each strand. */
export function againstIt(
  state: SequentialState,
  settings: SequentialSettings,
  comparisons: readonly Comparison[],
): string[] {
  const { alpha } = settings;
  const parts = metricsOf(state, settings).flatMap(({ weight, strands }) =>
    strands.map((strand) => Math.log(weight / strands.length) + abortWorth([strand])),
  );
  const driver = comparisons[parts.indexOf(Math.max(...parts))] ?? comparisons[0];
  if (!driver) return [];
  // what began late is hidden by all that came before
  const what = driver.ok === true ? `${driver.metric} became worse in this step: over all of it ` : '';
  const evidence = `evidence ${odds(worthsOf(state, settings).against)}, ${odds(-Math.log(alpha))} is enough`;
  return [
    `${what}${explainComparison(driver)}${inTimes(driver)}`,
    `${requestsOf(state)}; ${evidence}${assumed(state, settings)}`,
    ...ownPart(state),
  ];
}

/** Why a release may go on, in one sentence. */
export function forIt(
  state: SequentialState,
  settings: SequentialSettings,
  comparisons: readonly Comparison[],
): string {
  const worths = worthsOf(state, settings).forIt;
  const ratios = comparisons
    .filter(({ ratio }) => ratio?.estimate != null)
    .map((one) => `${one.metric}${inTimes(one)}`);
  const evidence = odds(Math.min(...Object.values(worths)));
  const shown = `${listed(Object.keys(worths))} are within their margins, evidence ${evidence}${assumed(state, settings)}`;
  return [shown, ...ratios, requestsOf(state), ...ownPart(state)].join('; ');
}

const listed = (names: readonly string[]): string => `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;

/** What is missing until it may. `missing`: the metrics that are not told, by name, in words. */
export function notYet(
  state: SequentialState,
  settings: SequentialSettings,
  missing: Readonly<Record<string, string>>,
): string[] {
  const enough = -Math.log(settings.beta);
  const lacking = Object.entries(worthsOf(state, settings).forIt).filter(([, worth]) => !(worth >= enough));
  return [
    ...Object.values(missing),
    ...lacking
      .filter(([metric]) => !(metric in missing))
      .map(([metric, worth]) => `${metric}: evidence for it ${odds(worth)} of ${odds(enough)}`),
    ...settings.latency.quantiles.flatMap((quantile, i) => {
      const reach = state.latency[i]?.reach?.promote ?? Infinity;
      return reach > 1 ? [] : [`latency ${quantileName(quantile)}: its buckets are too coarse to show a margin`];
    }),
    ...coarseMetrics(state.metrics, settings.metrics).map(
      (name) => `${name}: its buckets are too coarse to show a margin`,
    ),
    requestsOf(state),
  ];
}

/** What is the matter with the figures. */
export function doubtsOf({ dropped, share, arms }: SequentialState, isSplitWrong: boolean): string[] {
  const { canary, baseline } = arms;
  const part = (100 * canary.requests) / (canary.requests + baseline.requests);
  return [
    ...(isSplitWrong ? [`traffic split mismatch: the canary got ${part.toFixed(1)} % instead of ${share} %`] : []),
    ...leftOut(dropped),
  ];
}

/** `, 4.9 times the baseline's (2.9 to 8.6)` */
function inTimes({ ratio }: Comparison): string {
  if (!ratio) return '';
  const { estimate, from, to } = ratio;
  if (estimate === null) return from === null ? '' : `, at least ${formatTimes(from)} times the baseline's`;
  return `, ${formatTimes(estimate)} times the baseline's${formatSpan(from, to)}`;
}

const requestsOf = ({ arms: { canary, baseline } }: SequentialState): string =>
  `${canary.requests} requests to the canary, ${baseline.requests} to the baseline`;

function ownPart({ arms: { canary } }: SequentialState): string[] {
  if (canary.synthetic === 0) return [];
  return [`${((100 * canary.synthetic) / canary.requests).toFixed(0)} % of the canary's were Sluice's own`];
}

/** The evidence is worth less than it may be. */
function assumed({ dispersion }: SequentialState, { metrics, robust }: SequentialSettings): string {
  const words = [
    ...(!dispersion || dispersion.isKnown
      ? []
      : [
          `with less than half an hour of history: as if figures varied ${dispersion.errors} times as much as by chance`,
        ]),
    ...(robust.dispersion !== 'auto' || Object.keys(metrics).length === 0
      ? []
      : [`custom metrics have no history: as if they varied ${unknownDispersion} times as much as by chance`]),
  ];
  return words.length > 0 ? ` (${words.join('; ')})` : '';
}
