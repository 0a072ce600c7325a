/** The small constants of the supervisor; durations in ms. What a user may want to change is in `sluice.json` instead. */
export interface Limits {
  /** Health checks that must fail in a row before an instance counts as unhealthy. */
  failedChecks: number;
  /** The longest time between two health checks of an instance that has not been healthy yet. */
  firstChecksEvery: number;
  /** How long an instance may stay unhealthy before it is restarted. */
  unhealthyFor: number;
  /** The first and the longest wait before a restart; it doubles in between. */
  backoff: { first: number; longest: number };
  /** An instance that was healthy for so long starts again with the shortest wait. */
  steadyAfter: number;
  /** How often an instance that found its port taken gets another one. */
  portRetries: number;
  /** Between two looks at a process that is to end, or an instance that is to become healthy. */
  pollEvery: number;
  /** Between two looks at an adopted process: nobody tells us when it ends. */
  pollAdoptedEvery: number;
  /** How often what grows without a change (how far the logs were at what time) is saved. */
  saveEvery: number;
  /** Log lines that the reason of a failed start shows. */
  shownLines: number;
  /** The most that `logLines` reads of one file, in bytes. */
  readBytes: number;
}

export const defaultLimits: Limits = {
  failedChecks: 3,
  firstChecksEvery: 200,
  unhealthyFor: 30_000,
  backoff: { first: 500, longest: 30_000 },
  steadyAfter: 60_000,
  portRetries: 1,
  pollEvery: 50,
  pollAdoptedEvery: 500,
  saveEvery: 60_000,
  shownLines: 10,
  readBytes: 4 * 1024 * 1024,
};
