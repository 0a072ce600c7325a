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
const whose = { slot: fc.constantFrom('canary' as const, 'stable' as const), release: fc.constant('a') };
const parts = <Part>(part: fc.Arbitrary<Part>) => fc.array(part, { maxLength: 3 });
const layout = fc.oneof(fc.constant(latencyLayout), fc.record({ edges: fc.array(odd) }));

/** Of metrics that services tell of themselves. */
const told = fc.oneof(
  fc.record({ kind: fc.constant('ratio' as const), slots: parts(fc.record({ ...whose, hits: odd, of: odd })) }),
  fc.record({
    ...{ kind: fc.constant('histogram' as const), layout },
    slots: parts(fc.record({ ...whose, values: fc.array(fc.tuple(odd, odd), { maxLength: 4 }) })),
  }),
  fc.record({ kind: fc.constant('gauge' as const), slots: parts(fc.record({ ...whose, sum: odd, count: odd })) }),
);
const metrics = fc.dictionary(fc.constantFrom('misses', 'rows', 'queue', 'free', 'unknown'), told, { maxKeys: 5 });

/** A few intervals of any numbers, most of which can't be true. */
export const oddIntervals: fc.Arbitrary<Interval[]> = fc.array(
  fc.record({ from: odd, to: odd, slots: fc.array(slot, { maxLength: 3 }), layout, metrics }),
  { maxLength: 8 },
);
