import type { Instant } from '../analysis/figures';
import type { Clock, SyntheticTraffic } from '../ports';

export interface SimulatedSynthetic extends SyntheticTraffic {
  /** Requests a second at a time. */
  rateAt(at: Instant): number;
}

export function simulatedSynthetic(clock: Clock): SimulatedSynthetic {
  const changes: { at: Instant; rate: number }[] = [];
  return {
    keep(plan) {
      const rate = plan?.synthetic?.rate ?? 0;
      if (rate !== (changes.at(-1)?.rate ?? 0)) changes.push({ at: clock.now(), rate });
    },
    rateAt: (at) => changes.filter((change) => change.at <= at).at(-1)?.rate ?? 0,
  };
}
