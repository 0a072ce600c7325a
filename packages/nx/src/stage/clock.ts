import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@sluice/core';

/** The wall clock, for checks that run in an executor. */
export const clock: Clock = {
  now: () => Date.now(),
  async sleepUntil(until, signal) {
    const left = until - Date.now();
    if (left > 0) await wait(left, undefined, { signal });
    signal.throwIfAborted();
  },
};
