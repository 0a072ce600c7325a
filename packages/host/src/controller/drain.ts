import type { Clock, Runtime } from '@sluice/core';
import type { Traffic } from './traffic';

const every = 50;
/** An instance that still works on requests after so long is asked to end all the same; it has its own drain time then. */
const longest = 30_000;

/** A runtime that stops instances only when the router has no request left with them. */
export function drained(runtime: Runtime, traffic: Pick<Traffic, 'inFlight'>, clock: Clock): Runtime {
  return {
    prove: (workload, signal) => runtime.prove(workload, signal),
    start: (workload, signal, atMost) => runtime.start(workload, signal, atMost),
    health: (workload, signal) => runtime.health(workload, signal),
    async stop(workload, signal) {
      const until = clock.now() + longest;
      // a router that does not answer has no request with them either
      const busy = () => traffic.inFlight(workload, signal).catch(() => 0);
      while (clock.now() < until && (await busy()) > 0) await clock.sleepUntil(clock.now() + every, signal);
      await runtime.stop(workload, signal);
    },
  };
}
