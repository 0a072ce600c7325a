import type { Config } from '../config/schema';
import { failed, inconclusive, passed } from '../gates/gate';
import {
  addArms,
  armsOf,
  emptyArm,
  leaveOut,
  oddityOf,
  seenAfter,
  silenceOf,
  type Arm,
  type Arms,
  type Dropped,
  type Seen,
} from './arms';
import type { Instant } from './figures';
import type { Judge } from './judge';
import { capOf } from './sequential/cap';
import { missingMetrics, observeMetrics, startMetrics, type MetricsState } from './sequential/custom/metrics';
import { unknownDispersion } from './sequential/dispersion';
import { againstIt, doubtsOf, forIt, notYet, odds } from './sequential/explain';
import { assumedDispersion, type Dispersion } from './sequential/history';
import { remember, tailOf } from './sequential/latency';
import { splitEvidence } from './sequential/split';
import { addErrors, addLatency, noStrand, type Strand } from './sequential/strand';
import { comparisonsOf, worthsOf } from './sequential/worth';

export type SequentialSettings = Pick<Config['canary'], 'alpha' | 'beta' | 'errors' | 'latency' | 'metrics' | 'robust'>;

/** A few hundred numbers, whatever the length of the step. */
export interface SequentialState extends Seen {
  startedAt: Instant;
  /** What was counted before is not counted again. */
  to: Instant;
  /** The canary's part of what both arms get, in per cent; `null` where requests do not fall to them one by one. */
  share: number | null;
  errors: Strand;
  /** One for each quantile. */
  latency: Strand[];
  /** Those that services tell of themselves, by name. */
  metrics: MetricsState;
  /** Everything that was counted; latencies in coarse buckets. */
  arms: Arms;
  /** `null` until it is told what the baseline answered before the step. */
  dispersion: Dispersion | null;
  dropped: Dropped | null;
}

/** Neighbouring buckets of what is remembered differ by so much: a few hundred reach from 1 ms to a minute. */
const memory = 1.1 ** (1 / 4);

/**
 * The method `sequential`: bets on the canary being worse than its margin (abort), and on its being better (promote), that
 * may be looked at after every interval. Whatever is looked at how often, a release within its margins is aborted with
 * a chance of at most `alpha`. `cap`: what one interval may add to the logarithm of the evidence to abort.
 */
export function sequentialJudge(
  settings: SequentialSettings & { noData: number },
  cap = capOf(settings.alpha),
): Judge<SequentialState> {
  const { alpha, beta, errors, latency, metrics, robust } = settings;
  return {
    start: (at, from = at, share = null) => ({
      ...{ startedAt: from, to: from, share, errors: noStrand, latency: latency.quantiles.map(() => noStrand) },
      metrics: startMetrics(metrics),
      arms: { canary: emptyArm, baseline: emptyArm },
      dispersion: startDispersion(settings),
      ...{ canarySeen: at, baselineSeen: at, dropped: null },
    }),

    observe(state, interval) {
      const oddity = oddityOf(interval, state.to);
      if (oddity) return { ...state, dropped: leaveOut(state.dropped, oddity) };
      const { canary, baseline } = armsOf(interval);
      const past = state.arms;
      const dispersion = state.dispersion ?? assumedDispersion(latency.quantiles);
      const marks = Math.max(0, Math.floor((interval.from - state.startedAt) / robust.restartEvery));
      const trust = (phi: number) => ({ cap, dispersion: phi, marks });
      const latencies = {
        ...{ canary: tailOf(canary.latency), baseline: tailOf(baseline.latency), layout: interval.layout },
        past: { canary: tailOf(past.canary.latency), baseline: past.baseline.latency },
      };
      const ratios = { abort: latency.abort.ratio, promote: latency.promote.ratio };
      const strandOf = (quantile: number, i: number) =>
        addLatency(
          state.latency[i] ?? noStrand,
          latencies,
          quantile,
          ratios,
          trust(dispersion.latency[i] ?? unknownDispersion),
        );
      return {
        ...state,
        dispersion,
        to: interval.to,
        errors: addErrors(
          state.errors,
          errorsOf({ canary, baseline }),
          errorsOf(past),
          errors,
          trust(dispersion.errors),
        ),
        latency: latency.quantiles.map(strandOf),
        metrics: observeMetrics(state.metrics, interval, metrics, trust(customDispersion(settings))),
        arms: { canary: addArms(past.canary, coarse(canary)), baseline: addArms(past.baseline, coarse(baseline)) },
        ...seenAfter(state, { canary, baseline }, interval.to),
      };
    },

    evidence(state, now, asked = 'proof') {
      const against = comparisonsOf(state, settings, 'abort');
      const within = comparisonsOf(state, settings, 'promote');
      const worths = worthsOf(state, settings);
      const abort =
        worths.against >= -Math.log(alpha)
          ? failed(againstIt(state, settings, against), against)
          : passed([`evidence against it ${odds(worths.against)} of ${odds(-Math.log(alpha))}`], against);

      const quiet = silenceOf(state, now, settings.noData);
      const isMisled = isSplitWrong(state, alpha);
      const doubts = doubtsOf(state, isMisled);
      const missing = missingMetrics(state.metrics, metrics, now, settings.noData);
      if (quiet) return { abort, promote: inconclusive([quiet, ...doubts], within) };
      if (isMisled) return { abort, promote: inconclusive(doubts, within) };
      if (asked === 'no objection' && state.arms.canary.requests > 0 && abort.verdict !== 'fail')
        return {
          abort,
          promote: passed([`nothing speaks against it: ${abort.reasons.join()}`, ...Object.values(missing)], against),
        };
      const isShown =
        Object.keys(missing).length === 0 && Object.values(worths.forIt).every((worth) => worth >= -Math.log(beta));
      return {
        abort,
        promote: isShown
          ? passed([forIt(state, settings, within)], within)
          : inconclusive([...notYet(state, settings, missing), ...doubts], within),
      };
    },

    standing(state) {
      const { against, forIt: worths } = worthsOf(state, settings);
      return { against: odds(against), forIt: odds(Math.min(...Object.values(worths))) };
    },
  };
}

const errorsOf = ({ canary, baseline }: Arms) => ({
  canary: { hits: canary.errors, of: canary.requests },
  baseline: { hits: baseline.errors, of: baseline.requests },
});

const coarse = (arm: Arm): Arm => ({ ...arm, latency: remember([], arm.latency, memory) });

/** Requests fell to the arms in other parts than they were to: then nothing that was counted is what it seems. */
function isSplitWrong({ share, arms: { canary, baseline } }: SequentialState, alpha: number): boolean {
  if (share === null) return false;
  const slots = [
    { weight: share, requests: canary.requests },
    { weight: 100 - share, requests: baseline.requests },
  ];
  return splitEvidence(slots) >= -Math.log(alpha);
}

/** No history of such metrics is kept. */
const customDispersion = ({ robust: { dispersion } }: SequentialSettings): number =>
  dispersion === 'auto' ? unknownDispersion : dispersion;

const startDispersion = ({ robust: { dispersion }, latency }: SequentialSettings): Dispersion | null =>
  dispersion === 'auto'
    ? null
    : { errors: dispersion, latency: latency.quantiles.map(() => dispersion), isKnown: true };
