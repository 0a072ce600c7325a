import type { GateResult } from '../gates/gate';
import type { Instant, Interval } from './figures';

/**
 * What every method of analysis offers. A judge is a set of pure functions over a state that is plain JSON: the state is
 * part of the rollout's, so that evidence survives a restart of the driver. It never throws on data.
 */
export interface Judge<State> {
  /**
   * `from`: since when figures count, by their own clock; left out: `at`. `share`: the part of requests that the canary is to
   * get of those of both arms, in per cent, where they fall to them one by one.
   */
  start(at: Instant, from?: Instant, share?: number | null): State;
  /** Adds one interval of the step. Intervals come in order, each once. */
  observe(state: State, interval: Interval): State;
  /** A reading that brought no interval, since the source of the figures failed: `reason`. Left out: that counts for nothing. */
  miss?(state: State, reason: string): State;
  /** What the evidence so far says, at `now`. */
  evidence(state: State, now: Instant, asked?: Asked): Evidence;
  standing(state: State): Standing;
}

/** What speaks against the release and for it so far, in a few words. */
export interface Standing {
  against: string;
  forIt: string;
}

/** What is asked of the evidence: that it speaks for the release, or only that it does not speak against it. */
export type Asked = 'proof' | 'no objection';

export interface Evidence {
  /** `fail`: the release is to be withdrawn. */
  abort: GateResult;
  /** `pass`: the release may go on once its minimum time is over; `fail`: it may not. */
  promote: GateResult;
  /** The judge can't come to a conclusion any more: the step ends without one, and `promote` says why. */
  isLost?: boolean;
}
