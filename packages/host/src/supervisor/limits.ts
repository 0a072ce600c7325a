import { logLimits, type LogLimits } from '../log-copies';

/** The small constants of the supervisor; durations in ms. What a user may want to change is in `sluice.json` instead. */
export interface Limits extends LogLimits {
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
  /** Between SIGTERM and SIGKILL for a hook that is to end. */
  hookGrace: number;
  /** Between two readings of the memory of an instance that has a limit. */
  memoryEvery: number;
  /** Readings above the limit in a row after which an instance is restarted. */
  memoryReadings: number;
  /** How long an instance that is restarted for its memory still answers what is on its way to it. */
  leaveAfter: number;
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
  /** How long a log that could not be rotated is left alone. */
  rotateAgainAfter: number;
}

export const defaultLimits: Limits = {
  failedChecks: 3,
  firstChecksEvery: 200,
  unhealthyFor: 30_000,
  backoff: { first: 500, longest: 30_000 },
  steadyAfter: 60_000,
  portRetries: 1,
  hookGrace: 5000,
  memoryEvery: 5000,
  memoryReadings: 3,
  leaveAfter: 1000,
  pollEvery: 50,
  pollAdoptedEvery: 500,
  saveEvery: 60_000,
  shownLines: 10,
  readBytes: 4 * 1024 * 1024,
  rotateAgainAfter: 60_000,
  ...logLimits,
};
