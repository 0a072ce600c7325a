import { gate2 } from '../gates/gate2';
import { inconclusive, passed, type GateResult } from '../gates/gate';
import { rollbackTriggers } from '../gates/triggers';
import type { JudgeSettings } from '../rollout/plan';
import { mergeHistograms } from './histogram';
import { figuresOf, summarise, type Instant, type Interval, type SlotFigures } from './figures';
import type { Judge } from './judge';

/** Requests of one arm that wait for the next check. */
export type Arm = Pick<SlotFigures, 'requests' | 'errors' | 'latency' | 'synthetic'>;

export interface ThresholdState {
  /** The window that is being filled: it becomes a check when both arms have `minRequests`. */
  canary: Arm;
  baseline: Arm;
  /** When each arm last had a request. */
  canarySeen: Instant;
  baselineSeen: Instant;
  checks: number;
  /** Failing checks in a row, of the rollback triggers and of gate 2. */
  triggered: number;
  refused: number;
  last: { triggers: GateResult; gate: GateResult } | null;
}

const empty: Arm = { requests: 0, errors: 0, latency: [], synthetic: 0 };

/**
 * The method `threshold`: the gates of the seven-stage description, to the letter. Intervals are gathered until canary and
 * baseline have `minRequests` each; these requests are one check, the next ones belong to the next check. `failures`
 * failing checks in a row decide; gate 2 is satisfied when the latest check is.
 */
export function thresholdJudge(settings: JudgeSettings): Judge<ThresholdState> {
  const { minRequests, failures, noData } = settings;
  return {
    start: (at) => ({
      canary: empty,
      baseline: empty,
      canarySeen: at,
      baselineSeen: at,
      checks: 0,
      triggered: 0,
      refused: 0,
      last: null,
    }),

    observe(state, interval) {
      const canary = add(state.canary, figuresOf([interval], 'canary'));
      const baseline = add(state.baseline, baselineOf(interval));
      const seen = {
        canarySeen: canary.requests > state.canary.requests ? interval.to : state.canarySeen,
        baselineSeen: baseline.requests > state.baseline.requests ? interval.to : state.baselineSeen,
      };
      if (canary.requests < minRequests || baseline.requests < minRequests)
        return { ...state, ...seen, canary, baseline };

      const arms = [summarise([canary]), summarise([baseline])] as const;
      const triggers = rollbackTriggers(...arms, settings.rollback);
      const gate = gate2(...arms, settings.promote);
      return {
        ...seen,
        canary: empty,
        baseline: empty,
        checks: state.checks + 1,
        triggered: triggers.verdict === 'fail' ? state.triggered + 1 : 0,
        refused: gate.verdict === 'fail' ? state.refused + 1 : 0,
        last: { triggers, gate },
      };
    },

    evidence(state, now) {
      const silent = silence(state, now, noData);
      if (!state.last) {
        const missing = silent ?? inconclusive([waitingFor(state, minRequests)]);
        return { abort: missing, promote: missing };
      }
      const { triggers, gate } = state.last;
      const abort: GateResult =
        state.triggered >= failures
          ? { ...triggers, reasons: [...triggers.reasons, `${state.triggered} checks in a row failed`] }
          : passed([`${state.triggered} of ${failures} failing checks in a row`], triggers.comparisons);
      if (silent) return { abort, promote: { ...silent, comparisons: gate.comparisons } };
      if (gate.verdict === 'pass') return { abort, promote: gate };
      const promote: GateResult =
        state.refused >= failures
          ? { ...gate, verdict: 'fail', reasons: [...gate.reasons, `${state.refused} checks in a row failed`] }
          : {
              ...gate,
              verdict: 'inconclusive',
              reasons: [...gate.reasons, `${state.refused} of ${failures} in a row`],
            };
      return { abort, promote };
    },
  };
}

const baselineOf = (interval: Interval): SlotFigures[] => {
  const fresh = figuresOf([interval], 'baseline');
  return fresh.length ? fresh : figuresOf([interval], 'stable');
};

const add = (arm: Arm, figures: SlotFigures[]): Arm =>
  figures.reduce<Arm>(
    (sum, f) => ({
      requests: sum.requests + f.requests,
      errors: sum.errors + f.errors,
      latency: mergeHistograms([sum.latency, f.latency]),
      synthetic: sum.synthetic + f.synthetic,
    }),
    arm,
  );

function silence(state: ThresholdState, now: Instant, limit: number): GateResult | null {
  const quiet = [
    ...(now - state.canarySeen > limit ? ['the canary'] : []),
    ...(now - state.baselineSeen > limit ? ['the baseline'] : []),
  ];
  return quiet.length ? inconclusive([`no data: ${quiet.join(' and ')} had no request for too long`]) : null;
}

const waitingFor = (state: ThresholdState, minRequests: number): string =>
  `not enough requests for a check yet: canary ${state.canary.requests}, baseline ${state.baseline.requests}, ` +
  `each needs ${minRequests}`;
