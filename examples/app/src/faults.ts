import type { World } from './world';

export const faultNames = ['errors', 'latency', 'start', 'crash'] as const;
export type FaultName = (typeof faultNames)[number];

/** What goes wrong, and where. Both throw to make the step fail. */
export interface Fault {
  beforeConnect?(): void;
  beforeAnswer?(path: string): Promise<void> | void;
}

/**
 * The service's faults, there to be found by a canary. They strike by count and not by chance, so that the same
 * traffic meets the same failures.
 */
export const faults: Record<FaultName, (world: World) => Fault> = {
  /** Three of ten API requests fail: the 4th, 7th and 10th. */
  errors: () => {
    let requests = 0;
    return {
      beforeAnswer: (path) => {
        if (!path.startsWith('/api/')) return;
        requests += 1;
        if ((requests * 3) % 10 < 3) throw new Error('FAULT=errors');
      },
    };
  },

  /** Every page and API answer is 150 ms late. */
  latency: (world) => ({ beforeAnswer: () => world.delay(150) }),

  /** The service never becomes healthy: its database refuses it. */
  start: () => ({
    beforeConnect: () => {
      throw new Error('the database refused the connection (FAULT=start)');
    },
  }),

  /** The process dies of every 15th page or API request, and takes along whatever it was answering. */
  crash: (world) => {
    let requests = 0;
    return {
      beforeAnswer: () => {
        requests += 1;
        if (requests < 15) return;
        world.log('fatal: out of memory (FAULT=crash)');
        world.exit(1);
      },
    };
  },
};

export function isFaultName(name: string | undefined): name is FaultName {
  return faultNames.some((known) => known === name);
}
