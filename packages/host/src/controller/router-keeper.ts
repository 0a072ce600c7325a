import type { Clock } from '@sluice/core';
import { readProcess } from '@sluice/adapters/processes';
import { keepPeer } from '../peer';
import type { RouterClient } from '../router/client';

export interface RouterKeeper {
  /** Resolves when the router has its routes, or when that takes too long to be waited for. */
  ready(): Promise<void>;
  /** Tells the router its routes once more. */
  restoreAgain(): void;
  /** Leaves the router running, unattended. */
  leave(): void;
  /** Ends the router; resolves when its process is gone, so that it can't start this one again. */
  end(): Promise<void>;
}

export interface RouterParts {
  router: Pick<RouterClient, 'health'>;
  clock: Clock;
  /** Starts the process; no error when there is one. */
  start(): void;
  /** Tells a router that was just started, or met, its routes. */
  restore(): Promise<void>;
  report(what: string, thrown: unknown): void;
}

const startTime = 10_000;
/** The router lets its requests finish for 30 s. */
const endTime = 35_000;
const every = 20;

const isAlive = (pid: number): boolean => readProcess(pid)?.alive === true;

/** Keeps the router process running, with the routes that it should have. */
export function keepRouter({ router, clock, start, restore, report }: RouterParts): RouterKeeper {
  const isReady = new AbortController();
  const pidOf = async (signal: AbortSignal) => (await router.health(signal)).pid;
  const findPid = () => pidOf(AbortSignal.timeout(1_000)).catch(() => null);
  const keeping = keepPeer(
    {
      identify: pidOf,
      start,
      async onUp() {
        await restore();
        isReady.abort();
      },
    },
    (thrown) => report('the router', thrown),
  );
  const isTrueWithin = async (limit: number, check: () => Promise<boolean> | boolean): Promise<boolean> => {
    const never = new AbortController().signal;
    for (const until = clock.now() + limit; clock.now() < until;) {
      if (await check()) return true;
      await clock.sleepUntil(clock.now() + every, never);
    }
    return false;
  };

  return {
    ready: () => clock.sleepUntil(clock.now() + startTime, isReady.signal).catch(() => undefined),
    restoreAgain: keeping.greetAgain,
    leave: keeping.stop,

    async end() {
      // one that is starting is waited for: nobody could end it later
      const seen: { pid: number | null } = { pid: null };
      await isTrueWithin(startTime, async () => (seen.pid = await findPid()) !== null);
      keeping.stop();
      const pid = (await findPid()) ?? seen.pid; // one that is slow to answer is there all the same
      if (pid === null) return;
      signalProcess(pid, 'SIGTERM');
      if (!(await isTrueWithin(endTime, () => !isAlive(pid)))) signalProcess(pid, 'SIGKILL');
    },
  };
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has just gone by itself
  }
}
