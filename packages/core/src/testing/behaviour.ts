import type { LatencyModel } from './latencies';

/** What a release tells of itself in its answers. */
export type Telling =
  | { kind: 'ratio'; rate: number }
  | ({ kind: 'histogram' } & LatencyModel)
  /** Log-normal, one an interval. */
  | { kind: 'gauge'; median: number; sigma: number };

/** How a release behaves in the simulated world. Times in milliseconds. */
export interface Behaviour {
  /** The share of its answers that are errors. */
  errorRate: number;
  /** Time to the first byte. */
  latency: LatencyModel;
  /** By the name of the metric. */
  tells: Record<string, Telling>;
  /** From the start of its instances until they are healthy. */
  startTime: number;
  /** Why its instances will never be healthy. */
  refuses: string | null;
  /** Its instances end by themselves this long after they became healthy. */
  diesAfter: number | null;
  /** An instance that ended is up again after so long; `null`: it stays down. */
  upAgainAfter: number | null;
  /** What is wrong with its files: then it is no way back. */
  damage: string | null;
  /** Checks of trial and verification that do not pass. */
  checks: Record<string, 'fail' | 'warn' | 'skip' | 'missing'>;
  /** The code of what is not as it should be around it: then it starts no more than one that is bad. */
  lacks: string | null;
  instances: number;
}

/** Four of a hundred answers are errors, so that twice as many are a clear signal after a few hundred requests. */
export const goodBehaviour: Behaviour = {
  errorRate: 0.04,
  latency: { median: 50, sigma: 0.3 },
  tells: {},
  startTime: 2_000,
  refuses: null,
  diesAfter: null,
  upAgainAfter: null,
  damage: null,
  checks: {},
  lacks: null,
  instances: 1,
};

/** What each release does, by its id; one that is not named behaves well. It may be changed while the world runs. */
export type Behaviours = Map<string, Partial<Behaviour>>;

export const behaviourOf = (behaviours: Behaviours, release: string): Behaviour => ({
  ...goodBehaviour,
  ...behaviours.get(release),
});
