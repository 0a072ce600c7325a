import type { Instant } from '../analysis/figures';
import type { Clock } from '../ports';

/** 2026-03-02 09:00:00 UTC */
export const simulatedStart: Instant = Date.UTC(2026, 2, 2, 9);

export interface SimulatedClock extends Clock {
  /** Moves on by `ms`, waking every sleeper at its own time, in order; resolves when all that followed is at rest. */
  advance(ms: number): Promise<void>;
  /** How many sleep. Code that cleans up behind itself leaves none. */
  waiting(): number;
}

interface Sleeper {
  until: Instant;
  wake: () => void;
}

/**
 * Time that passes only when it is told to, or, with `auto` (the default), whenever nothing else is left to do: then it
 * jumps to the next sleeper. "Nothing else" means that no promise is under way: with real sockets or files use `auto: false`.
 */
export function simulatedClock({ start = simulatedStart, auto = true } = {}): SimulatedClock {
  let now = start;
  let sleepers: Sleeper[] = [];
  let isJumpPlanned = false;

  const wakeNext = (): void => {
    const next = sleepers.shift();
    if (!next) return;
    now = Math.max(now, next.until);
    next.wake();
  };
  const planJump = (): void => {
    if (!auto || isJumpPlanned || sleepers.length === 0) return;
    isJumpPlanned = true;
    // a macrotask comes when every promise that could go on has gone on
    setImmediate(() => {
      isJumpPlanned = false;
      wakeNext();
      planJump();
    });
  };

  return {
    now: () => now,
    waiting: () => sleepers.length,

    async sleepUntil(until, signal) {
      signal.throwIfAborted();
      if (until <= now) return;
      await new Promise<void>((wake) => {
        const sleeper = { until, wake };
        const leave = () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          wake();
        };
        signal.addEventListener('abort', leave, { once: true });
        sleeper.wake = () => {
          signal.removeEventListener('abort', leave);
          wake();
        };
        const after = sleepers.findIndex((other) => other.until > until);
        sleepers.splice(after === -1 ? sleepers.length : after, 0, sleeper);
        planJump();
      });
      signal.throwIfAborted();
    },

    async advance(ms) {
      const end = now + ms;
      await atRest();
      while ((sleepers[0]?.until ?? Infinity) <= end) {
        wakeNext();
        await atRest();
      }
      now = Math.max(now, end);
    },
  };
}

const atRest = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
