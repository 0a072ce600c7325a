import fc from 'fast-check';
import { keepBucket, recallBucket } from './kept-bucket';

const told = fc.oneof(
  fc.record({ kind: fc.constant('ratio' as const), name: fc.string(), hits: fc.nat(), of: fc.nat() }),
  fc.record({ kind: fc.constant('gauge' as const), name: fc.string(), sum: fc.nat(), count: fc.nat() }),
  fc.record({
    ...{ kind: fc.constant('histogram' as const), name: fc.string() },
    values: fc.array(fc.tuple(fc.double({ noNaN: true, min: 0 }), fc.nat())),
  }),
);
const figures = fc.record({
  slot: fc.constantFrom('stable' as const, 'canary' as const, 'baseline' as const),
  release: fc.string(),
  requests: fc.nat(),
  errors: fc.nat(),
  synthetic: fc.record({ requests: fc.nat(), errors: fc.nat() }),
  latency: fc.array(fc.tuple(fc.double({ noNaN: true, min: 0 }), fc.nat())),
  inFlight: fc.nat(),
  told: fc.array(told, { maxLength: 3 }),
});
const bucket = fc.record({
  ...{ from: fc.nat(), to: fc.nat(), generation: fc.nat(), sequence: fc.nat() },
  slots: fc.array(figures, { maxLength: 3 }),
});

describe('a bucket that was kept', () => {
  it('is recalled as it was', () => {
    fc.assert(fc.property(bucket, (given) => expect(recallBucket(keepBucket(given))).toEqual(given)));
  });

  it('takes 16 bytes for each of its latencies', () => {
    const latency = Array.from({ length: 1_000 }, (_, index): [number, number] => [index + 0.5, 1]);
    const [share, counts] = [{ slot: 'stable', release: 'r1' } as const, { requests: 0, errors: 0 }];
    const slots = [{ ...share, ...counts, synthetic: counts, latency, inFlight: 0 }];
    const [kept] = keepBucket({ from: 0, to: 1, generation: 1, sequence: 1, slots }).slots;
    expect(kept?.latency.byteLength).toBe(16 * latency.length);
  });
});
