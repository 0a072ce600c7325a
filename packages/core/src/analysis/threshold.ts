import { gate2 } from '../gates/gate2';
import { inconclusive, passed, type GateResult } from '../gates/gate';
import { rollbackTriggers } from '../gates/triggers';
import type { Config } from '../config/schema';
import { addArms, armsOf, emptyArm, seenAfter, silenceOf, type Arm, type Seen } from './arms';
import { summarise } from './figures';
import type { Judge } from './judge';

export type ThresholdSettings = Config['canary']['threshold'];

export interface ThresholdState extends Seen {
  /** The window that is being filled: it becomes a check when both arms have `minRequests`. */
  canary: Arm;
  baseline: Arm;
  checks: number;
  /** Failing checks in a row, of the rollback triggers and of gate 2. */
  triggered: number;
  refused: number;
  last: { triggers: GateResult; gate: GateResult } | null;
}

/**
 * The method `threshold`: the gates of the seven-stage description, to the letter. Intervals are gathered until canary and
 * baseline have `minRequests` each; these requests are one check, the next ones belong to the next check. `failures`
 * failing checks in a row decide; gate 2 is satisfied when the latest check is.
 */
export function thresholdJudge(settings: ThresholdSettings & { noData: number }): Judge<ThresholdState> {
  const { minRequests, failures, noData } = settings;
  return {
    start: (at) => ({
      canary: emptyArm,
      baseline: emptyArm,
      canarySeen: at,
      baselineSeen: at,
      checks: 0,
      triggered: 0,
      refused: 0,
      last: null,
    }),

    observe(state, interval) {
      const arms = armsOf(interval);
      const canary = addArms(state.canary, arms.canary);
      const baseline = addArms(state.baseline, arms.baseline);
      const seen = seenAfter(state, arms, interval.to);
      if (canary.requests < minRequests || baseline.requests < minRequests)
        return { ...state, ...seen, canary, baseline };

      const both = [summarise([canary]), summarise([baseline])] as const;
      const triggers = rollbackTriggers(...both, settings.rollback);
      const gate = gate2(...both, settings.promote);
      return {
        ...seen,
        canary: emptyArm,
        baseline: emptyArm,
        checks: state.checks + 1,
        triggered: triggers.verdict === 'fail' ? state.triggered + 1 : 0,
        refused: gate.verdict === 'fail' ? state.refused + 1 : 0,
        last: { triggers, gate },
      };
    },

    evidence(state, now) {
      const quiet = silenceOf(state, now, noData);
      const silent = quiet ? inconclusive([quiet]) : null;
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

    standing: ({ triggered, last }) => ({
      against: `${triggered} of ${failures}`,
      forIt: last?.gate.verdict ?? 'no check yet',
    }),
  };
}

const waitingFor = (state: ThresholdState, minRequests: number): string =>
  `not enough requests for a check yet: canary ${state.canary.requests}, baseline ${state.baseline.requests}, ` +
  `each needs ${minRequests}`;
