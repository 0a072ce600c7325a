import type { GateResult } from '../gates/gate';
import type { Instant, Interval } from './figures';

/**
 * What every method of analysis offers. A judge is a set of pure functions over a state that is plain JSON: the state is
 * part of the rollout's, so that evidence survives a restart of the driver. It never throws on data.
 */
export interface Judge<State> {
  /** `from`: since when figures count, by their own clock; left out: `at`. */
  start(at: Instant, from?: Instant): State;
  /** Adds one interval of the step. Intervals come in order, each once. */
  observe(state: State, interval: Interval): State;
  /** What the evidence so far says, at `now`. */
  evidence(state: State, now: Instant, asked?: Asked): Evidence;
}

/** What is asked of the evidence: that it speaks for the release, or only that it does not speak against it. */
export type Asked = 'proof' | 'no objection';

export interface Evidence {
  /** `fail`: the release is to be withdrawn. */
  abort: GateResult;
  /** `pass`: the release may go on once its minimum time is over; `fail`: it may not. */
  promote: GateResult;
}
