import { formatDuration } from '../../config/duration';
import { failed, inconclusive, passed, type GateResult } from '../../gates/gate';
import { armsOf, leaveOut, leftOut, oddityOf, seenAfter, silenceOf, type Dropped, type Seen } from '../arms';
import type { Instant } from '../figures';
import type { Evidence, Judge } from '../judge';
import { lookAt, type Look } from './look';
import { addPoint, type Point } from './points';
import type { MannWhitneySettings } from './settings';

export interface MannWhitneyState extends Seen {
  /** What was counted before is not counted again. */
  to: Instant;
  points: Point[];
  /** When it was looked at last, or the step began. */
  lookedAt: Instant;
  look: Look | null;
  dropped: Dropped | null;
}

/**
 * The method `mann-whitney`: Kayenta's judge. Each interval gives a point of every metric and arm; every `judgeEvery` all points so far
 * are judged, and the latest look stands. It is a test for one look: the more looks, the more healthy releases it sends back.
 */
export function mannWhitneyJudge(settings: MannWhitneySettings & { noData: number }): Judge<MannWhitneyState> {
  return {
    start: (at, from = at) => ({
      ...{ to: from, points: [], lookedAt: from, look: null, dropped: null },
      ...{ canarySeen: at, baselineSeen: at },
    }),

    observe(state, interval) {
      const oddity = oddityOf(interval, state.to);
      if (oddity) return { ...state, dropped: leaveOut(state.dropped, oddity) };
      const arms = armsOf(interval);
      const points = addPoint(state.points, arms);
      const isDue = interval.to - state.lookedAt >= settings.judgeEvery;
      return {
        ...state,
        ...{ to: interval.to, points },
        ...(isDue ? { lookedAt: interval.to, look: lookAt(points, settings) } : {}),
        ...seenAfter(state, arms, interval.to),
      };
    },

    evidence(state, now, asked = 'proof') {
      const found = evidenceOf(state.look, settings);
      const promote = asked === 'no objection' ? withoutObjection(found) : found.promote;
      const quiet = silenceOf(state, now, settings.noData);
      const doubts = [...(quiet ? [quiet] : []), ...leftOut(state.dropped)];
      if (quiet) return { abort: found.abort, promote: inconclusive(doubts, promote.comparisons) };
      const isOpen = promote.verdict === 'inconclusive';
      return {
        abort: found.abort,
        promote: isOpen ? { ...promote, reasons: [...promote.reasons, ...doubts] } : promote,
      };
    },

    standing: ({ look }) => ({
      against: look ? `score ${look.score}` : 'no look yet',
      forIt: look?.classification ?? 'no look yet',
    }),
  };
}

function evidenceOf(look: Look | null, { judgeEvery }: MannWhitneySettings): Evidence {
  if (!look) {
    const early = inconclusive([`not judged yet: the first look is after ${formatDuration(judgeEvery)} of data`]);
    return { abort: early, promote: early };
  }
  const { classification, reasons, comparisons } = look;
  if (classification === 'fail') {
    const fail = failed(reasons, comparisons);
    return { abort: fail, promote: fail };
  }
  const open = inconclusive(reasons, comparisons);
  if (classification === 'inconclusive') return { abort: open, promote: open };
  const kept = passed(reasons, comparisons);
  return { abort: kept, promote: classification === 'pass' ? kept : open };
}

/** A score in between does not speak against a release; that it could not be judged does not speak for it either. */
const withoutObjection = ({ abort, promote }: Evidence): GateResult =>
  abort.verdict === 'pass'
    ? passed([`nothing speaks against it: ${abort.reasons.join('; ')}`], abort.comparisons)
    : promote;
