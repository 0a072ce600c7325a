import type { Clock, Runtime, Workload } from '@sluice/core';
import type { Traffic } from './traffic';

const every = 50;

/** A runtime whose releases say how long requests in flight may take to end. */
export interface DrainingRuntime extends Runtime {
  /** In ms; 0 for no time at all, and for what does not run. */
  drainOf(workload: Workload): number;
}

/**
 * A runtime that stops instances only when the router has no request left with them, or when their drain time is over:
 * then they are asked to end, and have that time once more to do so.
 */
export function drained(runtime: DrainingRuntime, traffic: Pick<Traffic, 'inFlight'>, clock: Clock): Runtime {
  return {
    prove: (workload, signal) => runtime.prove(workload, signal),
    start: (workload, signal, atMost) => runtime.start(workload, signal, atMost),
    health: (workload, signal) => runtime.health(workload, signal),
    async stop(workload, signal) {
      const until = clock.now() + runtime.drainOf(workload);
      // a router that does not answer has no request with them either
      const busy = () => traffic.inFlight(workload, signal).catch(() => 0);
      while (clock.now() < until && (await busy()) > 0) await clock.sleepUntil(clock.now() + every, signal);
      await runtime.stop(workload, signal);
    },
  };
}
