import { explainComparison } from '../gates/compare';
import { gate2 } from '../gates/gate2';
import { failed, inconclusive, passed, type GateResult } from '../gates/gate';
import { rollbackTriggers } from '../gates/triggers';
import type { Config } from '../config/schema';
import {
  addArms,
  armsOf,
  emptyArm,
  leaveOut,
  leftOut,
  oddityOf,
  seenAfter,
  silenceOf,
  type Arm,
  type Dropped,
  type Seen,
} from './arms';
import { summarise, type Instant } from './figures';
import type { Judge } from './judge';

export type ThresholdSettings = Config['canary']['threshold'];

export interface ThresholdState extends Seen {
  /** What was counted before is not counted again. */
  to: Instant;
  /** The window that is being filled: it becomes a check when both arms have `minRequests`. */
  canary: Arm;
  baseline: Arm;
  checks: number;
  /** Checks in a row, up to the latest: failing ones, and those that are failing or inconclusive. */
  failing: number;
  unsatisfied: number;
  /** Errors in a row, up to the latest reading; `null` where that had figures. */
  errors: Dropped | null;
  dropped: Dropped | null;
  last: { triggers: GateResult; gate: GateResult } | null;
}

/**
 * The method `threshold`: the gates of the seven-stage description, to the letter. Intervals are gathered until canary and
 * baseline have `minRequests` each; these requests are one check, the next ones belong to the next check.
 *
 * A check is failing where a rollback trigger fires, inconclusive where gate 2 alone refuses it, successful where gate 2 is
 * satisfied. `failureLimit` failing checks in a row are tolerated, one more speaks against the release; `inconclusiveLimit`
 * failing or inconclusive ones, and with one more gate 2 has refused; it is satisfied when the latest check is successful. A
 * check that finds nothing wrong and can't compare everything is none of these, and ends both rows.
 *
 * An error is a reading without usable figures. `consecutiveErrorLimit` of them in a row are tolerated; with one more the judge
 * can't judge any more. Errors say nothing of the release: they are left out of the rows of checks, so that a source that
 * comes and goes protects no release that fails.
 */
export function thresholdJudge(settings: ThresholdSettings & { noData: number }): Judge<ThresholdState> {
  const { minRequests, failureLimit, inconclusiveLimit, consecutiveErrorLimit, noData } = settings;
  return {
    start: (at, from = at) => ({
      ...{ to: from, canary: emptyArm, baseline: emptyArm, canarySeen: at, baselineSeen: at },
      ...{ checks: 0, failing: 0, unsatisfied: 0, errors: null, dropped: null, last: null },
    }),

    observe(state, interval) {
      const oddity = oddityOf(interval, state.to);
      if (oddity) return { ...state, errors: leaveOut(state.errors, oddity), dropped: leaveOut(state.dropped, oddity) };
      const arms = armsOf(interval);
      const canary = addArms(state.canary, arms.canary);
      const baseline = addArms(state.baseline, arms.baseline);
      const read = { ...state, ...seenAfter(state, arms, interval.to), to: interval.to, errors: null };
      if (canary.requests < minRequests || baseline.requests < minRequests) return { ...read, canary, baseline };

      const both = [summarise([canary]), summarise([baseline])] as const;
      const last = { triggers: rollbackTriggers(...both, settings.rollback), gate: gate2(...both, settings.promote) };
      return {
        ...read,
        ...{ canary: emptyArm, baseline: emptyArm, checks: state.checks + 1 },
        failing: isFailing(last) ? state.failing + 1 : 0,
        unsatisfied: isFailing(last) || last.gate.verdict === 'fail' ? state.unsatisfied + 1 : 0,
        last,
      };
    },

    miss: (state, reason) => ({ ...state, errors: leaveOut(state.errors, reason) }),

    evidence(state, now) {
      const { failing, unsatisfied, errors, last } = state;
      const doubts = leftOut(state.dropped);
      const isLost = errors !== null && errors.count > consecutiveErrorLimit;
      const quiet = isLost
        ? `${inARow('reading', errors.count, consecutiveErrorLimit, 'without usable figures')}: ${errors.reason}`
        : silenceOf(state, now, noData);
      const silent = quiet ? inconclusive([quiet, ...doubts]) : null;
      if (!last) {
        const missing = silent ?? inconclusive([waitingFor(state, minRequests), ...doubts]);
        return { abort: missing, promote: missing, isLost };
      }
      const { triggers, gate } = last;
      const inFailing = inARow('failing check', failing, failureLimit);
      const abort: GateResult =
        failing > failureLimit
          ? { ...triggers, reasons: [...triggers.reasons, inFailing, ...doubts] }
          : passed([inFailing], triggers.comparisons);
      if (silent) return { abort, promote: { ...silent, comparisons: gate.comparisons }, isLost };

      // a trigger that is set below its margin of gate 2 fires on what that would let pass
      const { comparisons } = isFailing(last) && gate.verdict === 'pass' ? triggers : gate;
      const reasons = comparisons.map(explainComparison);
      if (gate.verdict === 'pass' && !isFailing(last))
        return { abort, promote: { ...gate, reasons: [...reasons, ...doubts] }, isLost };
      const why = [...reasons, inARow('check', unsatisfied, inconclusiveLimit, 'not successful'), ...doubts];
      const promote = unsatisfied > inconclusiveLimit ? failed(why, comparisons) : inconclusive(why, comparisons);
      return { abort, promote, isLost };
    },

    standing: ({ failing, last }) => ({
      against: `${failing} of ${failureLimit + 1}`,
      forIt: !last ? 'no check yet' : isFailing(last) ? 'fail' : last.gate.verdict,
    }),
  };
}

const isFailing = ({ triggers }: { triggers: GateResult }): boolean => triggers.verdict === 'fail';

/** `3 failing checks in a row, 2 are tolerated` */
const inARow = (what: string, count: number, limit: number, how = ''): string =>
  `${count} ${what}${count === 1 ? '' : 's'} in a row${how && ` ${how}`}, ${limit} ${limit === 1 ? 'is' : 'are'} tolerated`;

const waitingFor = (state: ThresholdState, minRequests: number): string =>
  `not enough requests for a check yet: canary ${state.canary.requests}, baseline ${state.baseline.requests}, ` +
  `each needs ${minRequests}`;
