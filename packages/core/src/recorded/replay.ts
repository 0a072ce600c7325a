import { armsOf, withoutStable } from '../analysis/arms';
import { summarise, type Instant, type Interval, type Summary } from '../analysis/figures';
import { gathered, startJudge, type JudgeSettings } from '../analysis/methods';

/** What was known after one interval. */
export interface Moment {
  from: Instant;
  to: Instant;
  canary: Summary;
  baseline: Summary;
  /** What speaks against the release, and for it, in the words of the method. */
  against: string;
  forIt: string;
}

export interface Replayed {
  verdict: 'abort' | 'promote' | 'inconclusive';
  /** The end of the interval after which it was said. */
  at: Instant;
  reasons: string[];
  path: Moment[];
}

/** Judges recorded intervals as a canary would have been: ends with the first verdict. Times in ms. */
export function replay(
  intervals: readonly Interval[],
  settings: JudgeSettings,
  times: { minDuration: number; maxDuration: number },
): Replayed {
  const path: Moment[] = [];
  const isFresh = intervals.some(({ slots }) => slots.some(({ slot }) => slot === 'baseline'));
  const told = isFresh ? intervals.map(withoutStable) : intervals;
  const start = intervals[0]?.from ?? 0;
  let state = startJudge(settings, start, start, null);
  let reasons = ['there are no intervals'];
  let at = start;
  for (const interval of told) {
    state = gathered(settings, state).observe(interval);
    at = interval.to;
    const { evidence, standing } = gathered(settings, state);
    const { abort, promote } = evidence(at, 'proof');
    const { canary, baseline } = armsOf(interval);
    const figures = { canary: summarise([canary]), baseline: summarise([baseline]) };
    path.push({ from: interval.from, to: at, ...figures, ...standing() });
    if (abort.verdict === 'fail') return { verdict: 'abort', at, reasons: abort.reasons, path };
    reasons = promote.reasons;
    if (at - start < times.minDuration) continue;
    if (promote.verdict === 'fail') return { verdict: 'abort', at, reasons, path };
    if (promote.verdict === 'pass') return { verdict: 'promote', at, reasons, path };
    if (at - start >= times.maxDuration) break;
  }
  return { verdict: 'inconclusive', at, reasons, path };
}
