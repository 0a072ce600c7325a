import fc from 'fast-check';
import { latencyLayout } from './latencies';
import type { Interval } from '../analysis/figures';

const odd = fc.oneof(
  fc.constantFrom(NaN, Infinity, -Infinity, -1, 0.5, 1e300),
  fc.integer({ min: -3, max: 1000 }),
  fc.double(),
);
const slot = fc.record({
  slot: fc.constantFrom('canary' as const, 'stable' as const, 'baseline' as const),
  release: fc.constant('a'),
  ...{ requests: odd, errors: odd, synthetic: odd },
  latency: fc.array(fc.tuple(odd, odd), { maxLength: 4 }),
});
const layout = fc.oneof(fc.constant(latencyLayout), fc.record({ edges: fc.array(odd) }));

/** A few intervals of any numbers, most of which can't be true. */
export const oddIntervals: fc.Arbitrary<Interval[]> = fc.array(
  fc.record({ from: odd, to: odd, slots: fc.array(slot, { maxLength: 3 }), layout }),
  { maxLength: 8 },
);
