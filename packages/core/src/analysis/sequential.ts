import { compareErrors, compareLatency, explainComparison } from '../gates/compare';
import { failed, inconclusive, passed, type Comparison, type GateResult } from '../gates/gate';
import { summarise, type Instant } from './figures';
import type { Judge } from './judge';
import type { Config } from '../config/schema';
import { addArms, armsOf, emptyArm, oddityOf, silenceOf, type Arms, type Seen } from './arms';
import { capOf } from './sequential/cap';
import { unknownDispersion } from './sequential/dispersion';
import { assumedDispersion, type Dispersion } from './sequential/history';
import {
  abortWorth,
  addErrors,
  addLatency,
  noEvidence,
  promoteWorth,
  remember,
  type Sides,
} from './sequential/evidence';
import { logAddExp } from './sequential/grid';

export type SequentialSettings = Pick<Config['canary'], 'alpha' | 'beta' | 'errors' | 'latency' | 'robust'>;

/** A few hundred numbers, whatever the length of the step. */
export interface SequentialState extends Seen {
  startedAt: Instant;
  /** What was counted before is not counted again. */
  to: Instant;
  errors: Sides;
  /** One for each quantile. */
  latency: Sides[];
  /** Everything that was counted; latencies in coarse buckets. */
  arms: Arms;
  dispersion: Dispersion;
  /** Intervals that can't be true: how many, and what was the matter with the last. */
  dropped: { count: number; reason: string } | null;
}

/** Neighbouring buckets of what is remembered differ by so much: a few hundred reach from 1 ms to a minute. */
const memory = 1.1 ** (1 / 4);

/**
 * The method `sequential`: bets on the canary being worse than its margin (abort), and on its being better (promote), that
 * may be looked at after every interval. Whatever is looked at how often, a release within its margins is aborted with
 * a chance of at most `alpha`.
 */
export function sequentialJudge(settings: SequentialSettings & { noData: number }): Judge<SequentialState> {
  const { alpha, beta, errors, latency, robust } = settings;
  const cap = capOf(alpha);
  return {
    start: (at, from = at) => ({
      ...{ startedAt: from, to: from, errors: noEvidence, latency: latency.quantiles.map(() => noEvidence) },
      arms: { canary: emptyArm, baseline: emptyArm },
      dispersion: startDispersion(settings),
      ...{ canarySeen: at, baselineSeen: at, dropped: null },
    }),

    observe(state, interval) {
      const oddity = oddityOf(interval, state.to);
      if (oddity) return { ...state, dropped: { count: (state.dropped?.count ?? 0) + 1, reason: oddity } };
      const { canary, baseline } = armsOf(interval);
      const marks = Math.floor((interval.from - state.startedAt) / robust.restartEvery);
      const trust = (dispersion: number) => ({ cap, dispersion, marks: Math.max(0, marks) });
      const counts = {
        canary: { hits: canary.errors, of: canary.requests },
        baseline: { hits: baseline.errors, of: baseline.requests },
      };
      const past = state.arms.baseline.latency;
      const latencies = { canary: canary.latency, baseline: baseline.latency, past, layout: interval.layout };
      const ratios = { abort: latency.abort.ratio, promote: latency.promote.ratio };
      const coarse = (arm: Arms['canary']) => ({ ...arm, latency: remember([], arm.latency, memory) });
      return {
        ...state,
        to: interval.to,
        errors: addErrors(state.errors, counts, errors, trust(state.dispersion.errors)),
        latency: latency.quantiles.map((quantile, i) =>
          addLatency(
            state.latency[i] ?? noEvidence,
            latencies,
            quantile,
            ratios,
            trust(state.dispersion.latency[i] ?? unknownDispersion),
          ),
        ),
        arms: {
          canary: addArms(state.arms.canary, coarse(canary)),
          baseline: addArms(state.arms.baseline, coarse(baseline)),
        },
        canarySeen: canary.requests > 0 ? interval.to : state.canarySeen,
        baselineSeen: baseline.requests > 0 ? interval.to : state.baselineSeen,
      };
    },

    evidence(state, now, asked = 'proof') {
      const comparisons = compare(state.arms, settings);
      const { against, worths } = worthsOf(state, settings);
      const abort: GateResult =
        against >= -Math.log(alpha)
          ? failed(
              [
                ...worst(comparisons.abort),
                `evidence ${odds(against)}, ${odds(-Math.log(alpha))} is enough${assumed(state)}`,
              ],
              comparisons.abort,
            )
          : passed([`evidence against it ${odds(against)} of ${odds(-Math.log(alpha))}`], comparisons.abort);

      const quiet = silenceOf(state, now, settings.noData);
      if (quiet) return { abort, promote: inconclusive([quiet, ...oddities(state)], comparisons.promote) };
      if (asked === 'no objection' && state.arms.canary.requests > 0 && abort.verdict !== 'fail')
        return { abort, promote: passed([`nothing speaks against it: ${abort.reasons.join()}`], comparisons.abort) };
      const enough = -Math.log(beta);
      const lacking = Object.entries(worths).filter(([, worth]) => !(worth >= enough));
      const promote =
        lacking.length === 0
          ? passed(
              [
                `errors and latency are within their margins, evidence ${odds(Math.min(...Object.values(worths)))}${assumed(state)}`,
              ],
              comparisons.promote,
            )
          : inconclusive(
              [
                ...lacking.map(([metric, worth]) => `${metric}: evidence for it ${odds(worth)} of ${odds(enough)}`),
                ...oddities(state),
              ],
              comparisons.promote,
            );
      return { abort, promote };
    },
  };
}

/** The logarithms of what the evidence is worth: against the release over all metrics, for it by each. */
export function worthsOf(state: SequentialState, { errors, latency }: SequentialSettings) {
  const weights = errors.weight + latency.weight;
  const against = logAddExp(
    Math.log(errors.weight / weights) + abortWorth([state.errors]),
    Math.log(latency.weight / weights) + abortWorth(state.latency),
  );
  return { against, worths: { errors: promoteWorth([state.errors]), latency: promoteWorth(state.latency) } };
}

/** Canary and baseline beside each other, with the limit of each margin. */
function compare({ canary, baseline }: Arms, { errors, latency }: SequentialSettings) {
  const [own, other] = [summarise([canary]), summarise([baseline])];
  const of = (side: 'abort' | 'promote'): Comparison[] => [
    compareErrors(own, other, errors[side]),
    compareLatency(own, other, { ...latency[side], absolute: 0 }),
  ];
  return { abort: of('abort'), promote: of('promote') };
}

/** What is beyond its limit; all where the mean hides it. */
function worst(comparisons: readonly Comparison[]): string[] {
  const beyond = comparisons.filter(({ ok }) => ok === false);
  return (beyond.length > 0 ? beyond : comparisons).map(explainComparison);
}

/** `19.3 to 1`, of a logarithm */
export function odds(log: number): string {
  const worth = Math.exp(log);
  if (worth >= 1000) return 'over 1000 to 1';
  return worth >= 10 ? `${worth.toFixed(0)} to 1` : `${worth.toFixed(1)} to 1`;
}

const startDispersion = ({ robust: { dispersion }, latency }: SequentialSettings): Dispersion =>
  dispersion === 'auto'
    ? assumedDispersion(latency.quantiles)
    : { errors: dispersion, latency: latency.quantiles.map(() => dispersion), isKnown: true };

/** The evidence is worth less than it may be. */
const assumed = ({ dispersion: { isKnown, errors } }: SequentialState): string =>
  isKnown ? '' : ` (with less than half an hour of history: as if figures varied ${errors} times as much as by chance)`;

function oddities({ dropped }: SequentialState): string[] {
  if (!dropped) return [];
  const { count, reason } = dropped;
  return [`${count === 1 ? '1 interval was' : `${count} intervals were`} left out, the last since ${reason}`];
}
