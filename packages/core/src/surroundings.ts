import type { CheckOutcome } from './checks/check';

/**
 * What is around the app on one target: database, queue, proxy. The infrastructure stage brings it up by this port, whoever provides
 * it: a Compose file today. It is one look at one moment, so it is made anew for every run.
 */
export interface Surroundings {
  /** Who provides it, and in which version: `docker-compose`, `1.29.2`. */
  tool: string;
  version: string;
  /** Milliseconds that `converge` may take in all. */
  timeLimit: number;
  /**
   * Brings up what is described and waits until all of it is healthy. Changes nothing where that is so already, and says so. To
   * do it again after it was killed anywhere is right.
   */
  converge(signal: AbortSignal): Promise<CheckOutcome>;
  /** What is there, by name: images with their ids, networks, services with their health. For the receipt. */
  evidence(): Promise<Record<string, string>>;
  /** Where this machine reaches each service inside, by name, published or not. */
  addresses(): Promise<Record<string, string>>;
  /** The last lines that each service wrote. */
  logs(lines: number): Promise<{ service: string; lines: string[] }[]>;
}
