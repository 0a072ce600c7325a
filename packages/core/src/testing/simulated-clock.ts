import type { Instant } from '../analysis/figures';
import type { Clock } from '../ports';

/** 2026-03-02 09:00:00 UTC */
export const simulatedStart: Instant = Date.UTC(2026, 2, 2, 9);

export interface SimulatedClock extends Clock {
  /** Moves on by `ms`, waking every sleeper at its own time, in order; resolves when all that followed is at rest. */
  advance(ms: number): Promise<void>;
  /** How many sleep. Code that cleans up behind itself leaves none. */
  waiting(): number;
  /** What a process goes by whose clock is set so many milliseconds ahead. */
  ahead(ms: number): Clock;
  /** Does something at a time, unless `forget` comes first. Nobody sleeps for it: `waiting` leaves it out. */
  at(time: Instant, what: () => void): void;
  forget(): void;
}

interface Sleeper {
  due: Instant;
  wake: () => void;
  isPlanned: boolean;
}

/**
 * Time that passes only when it is told to, or, with `auto` (the default), whenever nothing else is left to do: then it
 * jumps to the next sleeper. "Nothing else" means that no promise is under way: with real sockets or files use `auto: false`.
 */
export function simulatedClock({ start = simulatedStart, auto = true } = {}): SimulatedClock {
  let now = start;
  let sleepers: Sleeper[] = [];
  let isTurnPlanned = false;

  const add = (sleeper: Sleeper): void => {
    let at = sleepers.length;
    while (at > 0 && (sleepers[at - 1]?.due ?? 0) > sleeper.due) at -= 1;
    sleepers.splice(at, 0, sleeper);
    planTurn();
  };
  const remove = (sleeper: Sleeper): void => {
    const at = sleepers.indexOf(sleeper);
    if (at >= 0) sleepers.splice(at, 1);
  };
  const wakeNext = (): void => {
    const next = sleepers.shift();
    if (!next) return;
    now = Math.max(now, next.due);
    next.wake();
  };
  const planTurn = (): void => {
    if (!auto || isTurnPlanned || sleepers.length === 0) return;
    isTurnPlanned = true;
    // a macrotask comes when every promise that could go on has gone on
    setImmediate(() => {
      isTurnPlanned = false;
      wakeNext();
      planTurn();
    });
  };
  // by hand, without `async`: millions of sleeps are slept
  const sleepUntil = (due: Instant, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (due <= now) return Promise.resolve();
    return new Promise<void>((resolve, reject) => {
      const leave = () => {
        remove(sleeper);
        reject(signal.reason);
      };
      const wake = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const sleeper: Sleeper = { isPlanned: false, due, wake };
      signal.addEventListener('abort', leave, { once: true });
      add(sleeper);
    });
  };

  return {
    now: () => now,
    sleepUntil,
    ahead: (ms) =>
      ms === 0
        ? { now: () => now, sleepUntil }
        : { now: () => now + ms, sleepUntil: (until, signal) => sleepUntil(until - ms, signal) },
    waiting: () => sleepers.filter(({ isPlanned }) => !isPlanned).length,

    at(time, what) {
      add({ isPlanned: true, due: time, wake: what });
    },
    forget() {
      sleepers = sleepers.filter(({ isPlanned }) => !isPlanned);
    },

    async advance(ms) {
      const end = now + ms;
      await atRest();
      while ((sleepers[0]?.due ?? Infinity) <= end) {
        wakeNext();
        await atRest();
      }
      now = Math.max(now, end);
    },
  };
}

const atRest = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
