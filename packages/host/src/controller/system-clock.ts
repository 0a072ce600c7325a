import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@sluice/core';
import { createClock } from '../router/clock';

/** Node's longest timer; a longer wait is made of several, so that a machine that slept is noticed. */
const longest = 60_000;

const now = createClock(Date.now, () => performance.now());

/** Goes on when the machine's clock is set back, so that no rollout is left unwatched until it has caught up. */
export const systemClock: Clock = {
  now,
  async sleepUntil(until, signal) {
    signal.throwIfAborted();
    for (let left = until - now(); left > 0; left = until - now()) {
      await wait(Math.min(left, longest), undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  },
};
