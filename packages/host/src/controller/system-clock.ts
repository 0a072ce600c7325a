import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@sluice/core';

/** Node's longest timer; a longer wait is made of several, which also lets a clock that was set take effect. */
const longest = 60_000;

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleepUntil(until, signal) {
    signal.throwIfAborted();
    for (let left = until - Date.now(); left > 0; left = until - Date.now()) {
      await wait(Math.min(left, longest), undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  },
};
