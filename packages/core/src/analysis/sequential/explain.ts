import { explainComparison } from '../../gates/compare';
import type { Comparison } from '../../gates/gate';
import { leftOut } from '../arms';
import type { SequentialSettings, SequentialState } from '../sequential';
import { nameOf, worthsOf } from './worth';
import { abortWorth } from './strand';

/** `19.3 to 1`, of a logarithm */
export function odds(log: number): string {
  const worth = Math.exp(log);
  if (worth >= 1000) return 'over 1000 to 1';
  return worth >= 10 ? `${worth.toFixed(0)} to 1` : `${worth.toFixed(1)} to 1`;
}

/** Why a release is sent back: what drove it first. `comparisons`: the error rate, then a quantile each. */
export function againstIt(
  state: SequentialState,
  settings: SequentialSettings,
  comparisons: readonly Comparison[],
): string[] {
  const { errors, latency, alpha } = settings;
  const parts = [
    Math.log(errors.weight) + abortWorth([state.errors]),
    ...state.latency.map((strand) => Math.log(latency.weight / state.latency.length) + abortWorth([strand])),
  ];
  const driver = comparisons[parts.indexOf(Math.max(...parts))] ?? comparisons[0];
  if (!driver) return [];
  // what began late is hidden by all that came before
  const what = driver.ok === true ? `${driver.metric} became worse in this step: over all of it ` : '';
  const evidence = `evidence ${odds(worthsOf(state, settings).against)}, ${odds(-Math.log(alpha))} is enough`;
  return [
    `${what}${explainComparison(driver)}${inTimes(driver)}`,
    `${requestsOf(state)}; ${evidence}${assumed(state)}`,
    ...ownPart(state),
  ];
}

/** Why a release may go on, in one sentence. */
export function forIt(
  state: SequentialState,
  settings: SequentialSettings,
  comparisons: readonly Comparison[],
): string {
  const { errors, latency } = worthsOf(state, settings).forIt;
  const ratios = comparisons
    .filter(({ ratio }) => ratio?.estimate != null)
    .map((one) => `${one.metric}${inTimes(one)}`);
  const shown = `errors and latency are within their margins, evidence ${odds(Math.min(errors, latency))}${assumed(state)}`;
  return [shown, ...ratios, requestsOf(state), ...ownPart(state)].join('; ');
}

/** What is missing until it may. */
export function notYet(state: SequentialState, settings: SequentialSettings): string[] {
  const enough = -Math.log(settings.beta);
  const lacking = Object.entries(worthsOf(state, settings).forIt).filter(([, worth]) => !(worth >= enough));
  return [
    ...lacking.map(([metric, worth]) => `${metric}: evidence for it ${odds(worth)} of ${odds(enough)}`),
    ...settings.latency.quantiles.flatMap((quantile, i) => {
      const reach = state.latency[i]?.reach?.promote ?? Infinity;
      return reach > 1 ? [] : [`latency ${nameOf(quantile)}: its buckets are too coarse to show a margin`];
    }),
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
  if (estimate === null) return from === null ? '' : `, at least ${times(from)} times the baseline's`;
  return `, ${times(estimate)} times the baseline's${spanned(from, to)}`;
}

function spanned(from: number | null, to: number | null): string {
  if (from !== null && to !== null) return ` (${times(from)} to ${times(to)})`;
  if (from !== null) return ` (at least ${times(from)})`;
  return to === null ? '' : ` (at most ${times(to)})`;
}

const times = (ratio: number): string => ratio.toFixed(ratio < 10 ? 2 : 0);

const requestsOf = ({ arms: { canary, baseline } }: SequentialState): string =>
  `${canary.requests} requests to the canary, ${baseline.requests} to the baseline`;

function ownPart({ arms: { canary } }: SequentialState): string[] {
  if (canary.synthetic === 0) return [];
  return [`${((100 * canary.synthetic) / canary.requests).toFixed(0)} % of the canary's were Sluice's own`];
}

/** The evidence is worth less than it may be. */
const assumed = ({ dispersion }: SequentialState): string =>
  !dispersion || dispersion.isKnown
    ? ''
    : ` (with less than half an hour of history: as if figures varied ${dispersion.errors} times as much as by chance)`;
