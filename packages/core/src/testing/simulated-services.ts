import type { ServiceProbe } from '../ports';

export interface SimulatedServices extends ServiceProbe {
  /** The services that do not answer, each with why. */
  readonly down: Map<string, string>;
}

export function simulatedServices(): SimulatedServices {
  const down = new Map<string, string>();
  return {
    down,
    async probe({ name }, signal) {
      signal.throwIfAborted();
      const reason = down.get(name) ?? null;
      return { name, healthy: reason === null ? 1 : 0, wanted: 1, restarts: 0, reason };
    },
  };
}
