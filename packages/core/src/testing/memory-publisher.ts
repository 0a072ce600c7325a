import type { Publisher } from '../ports';
import type { Outcome } from '../rollout/model';

export interface MemoryPublisher extends Publisher {
  /** What was published of each release, the last word of each. */
  readonly published: Map<string, Outcome>;
}

export function memoryPublisher(): MemoryPublisher {
  const published = new Map<string, Outcome>();
  return {
    published,
    async publish({ rollout }, outcome, signal) {
      signal.throwIfAborted();
      if (rollout) published.set(rollout.plan.release.id, outcome);
    },
  };
}
