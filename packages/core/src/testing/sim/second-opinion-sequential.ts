import { armsOf, type Arm } from '../../analysis/arms';
import type { JudgeSettings } from '../../analysis/methods';
import { mergeHistograms, type Histogram } from '../../analysis/histogram';
import { capOf } from '../../analysis/sequential/cap';
import { unknownDispersion } from '../../analysis/sequential/dispersion';
import { errorEvidence, errorRatios } from '../../analysis/sequential/errors';
import { exceedanceEvidence, oddsRatios } from '../../analysis/sequential/exceedance';
import { remember, slowCounts, slownessOf, tailOf } from '../../analysis/sequential/latency';
import { splitEvidence } from '../../analysis/sequential/split';
import { isSomeMissing, opinionsOf } from './second-opinion-metrics';
import { heardOf, type Watched } from './second-opinion';

type Settings = Extract<JudgeSettings, { method: 'sequential' }>;
type Side = 'abort' | 'promote';

export interface Weighed {
  against: number;
  forIt: number;
  /** Of the canary. */
  requests: number;
  isSplitWrong: boolean;
  /** A metric of the service's own is not told. */
  isMissing: boolean;
}

/** One counted interval, with all that the baseline had answered before it, and the marks that had passed. */
interface Counted {
  interval: Watched['told'][number]['interval'];
  canary: Arm;
  baseline: Arm;
  past: Histogram;
  marks: number;
}

/** What the bets of a step are worth, each as one sum over the moments at which a part of its stake was set. */
export function weighed(watched: Watched, settings: Settings): Weighed {
  const { errors, latency, alpha } = settings;
  const counted = countedOf(watched, settings);
  const spent = stakesUntil(counted.at(-1)?.marks ?? 0);
  const phi = dispersionOf(watched, settings);

  const ofErrors = (side: Side) => (one: Counted, times: number) => {
    const counts = {
      canary: { hits: one.canary.errors, of: one.canary.requests },
      baseline: { hits: one.baseline.errors, of: one.baseline.requests },
    };
    return errorEvidence(counts, errors[side], times) / phi.errors;
  };
  const ofSlow = (side: Side, index: number) => (one: Counted, odds: number) => {
    const slow = slownessOf(one.past, latency.quantiles[index] ?? 0.5, one.interval.layout);
    if (!slow) return 0;
    const tails = { canary: tailOf(one.canary.latency), baseline: tailOf(one.baseline.latency) };
    const counts = slowCounts(tails, slow, latency[side].ratio, side);
    return exceedanceEvidence(counts, slow.q, odds) / (phi.latency[index] ?? unknownDispersion);
  };
  type Evidence = ReturnType<typeof ofErrors>;

  /** The mean over what is bet on, and what is not staked yet. */
  const worth = (evidence: Evidence, bets: readonly number[]): number => {
    if (counted.length === 0) return 1;
    const cap = capOf(alpha);
    const values = bets.map((bet) => {
      const steps = counted.map((one) => Math.exp(Math.min(cap, evidence(one, bet))));
      return counted.reduce((sum, { marks }, at) => {
        const stake = stakesUntil(marks) - stakesUntil(counted[at - 1]?.marks ?? 0) + (at === 0 ? 1 / 2 : 0);
        return sum + stake * steps.slice(at).reduce((product, step) => product * step, 1);
      }, 0);
    });
    return mean(values) + 1 / 2 - spent;
  };
  const grown = (evidence: Evidence, bets: readonly number[]): number[] =>
    bets.map((bet) => Math.exp(counted.reduce((sum, one) => sum + evidence(one, bet), 0)));

  const own = opinionsOf(settings).map(({ weight, bets, evidence }) => {
    const of = (side: Side) => (one: Counted, bet: number) => evidence(side)(one.interval, bet);
    return { weight, against: worth(of('abort'), bets.abort), forIt: mean(grown(of('promote'), bets.promote)) };
  });
  const against =
    own.reduce((sum, one) => sum + one.weight * one.against, 0) +
    errors.weight * worth(ofErrors('abort'), errorRatios.abort) +
    latency.weight * mean(latency.quantiles.map((_, i) => worth(ofSlow('abort', i), oddsRatios.abort)));
  const forErrors = mean(grown(ofErrors('promote'), errorRatios.promote));
  const forLatency = mean(latency.quantiles.flatMap((_, i) => grown(ofSlow('promote', i), oddsRatios.promote)));
  const requests = (arm: 'canary' | 'baseline') => counted.reduce((sum, one) => sum + one[arm].requests, 0);
  const { traffic, baseline } = watched.step;
  const share = watched.plan.router.sticky ? null : baseline === undefined ? traffic : 50;
  return {
    against: against / own.reduce((sum, { weight }) => sum + weight, errors.weight + latency.weight),
    forIt: Math.min(forErrors, forLatency, ...own.map((one) => one.forIt)),
    isMissing: isSomeMissing(
      counted.map(({ interval }) => interval),
      watched.told.at(-1)?.at ?? 0,
      settings,
    ),
    requests: requests('canary'),
    isSplitWrong:
      share !== null &&
      splitEvidence([
        { weight: share, requests: requests('canary') },
        { weight: 100 - share, requests: requests('baseline') },
      ]) >= Math.log(1 / alpha),
  };
}

/** By what the baseline answered before the step, as it was told first. */
function dispersionOf({ told }: Watched, { robust, latency }: Settings): { errors: number; latency: number[] } {
  const { dispersion } = robust;
  const all = (value: number) => ({ errors: value, latency: latency.quantiles.map(() => value) });
  if (dispersion !== 'auto') return all(dispersion);
  return told.find(({ history }) => history !== undefined)?.history ?? all(unknownDispersion);
}

function countedOf(watched: Watched, { robust }: Settings): Counted[] {
  let past: Histogram = [];
  return heardOf(watched).map(({ interval }) => {
    const arms = armsOf(interval);
    const marks = Math.max(0, Math.floor((interval.from - watched.from) / robust.restartEvery));
    const one: Counted = { ...arms, interval, past: remember([], past, memory), marks };
    past = mergeHistograms([past, arms.baseline.latency]);
    return one;
  });
}

const memory = 1.1 ** (1 / 4);
/** One half over all marks: 1 / (2 j (j + 1)) at the j-th. */
const stakesUntil = (marks: number): number => {
  let sum = 0;
  for (let mark = 1; mark <= marks; mark++) sum += 1 / (2 * mark * (mark + 1));
  return sum;
};
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
