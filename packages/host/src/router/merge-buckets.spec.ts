import fc from 'fast-check';
import type { Bucket } from './bucket';
import { mergeBuckets } from './merge-buckets';

const bucket = (from: number, to: number, sequence: number, requests: number, release = 'r1'): Bucket => ({
  ...{ from, to, generation: 1, sequence },
  slots: [
    {
      ...{ slot: 'stable', release, requests, errors: 0, inFlight: 1 },
      synthetic: { requests: 0, errors: 0 },
      latency: requests > 0 ? [[5, requests]] : [],
    },
  ],
});
const requestsOf = (buckets: readonly Bucket[]) =>
  buckets.map(({ slots }) => slots.reduce((sum, { requests }) => sum + requests, 0));

describe('figures of several processes', () => {
  it('are added where the spans are the same', () => {
    const merged = mergeBuckets(
      [bucket(10, 20, 1, 3), bucket(20, 30, 1, 4)],
      [bucket(12, 20, 1, 2), bucket(20, 30, 1, 5, 'r2')],
    );
    expect(merged).toMatchObject([
      { from: 10, to: 20, slots: [{ requests: 5, inFlight: 2, latency: [[5, 5]] }] },
      { from: 20, to: 30, slots: [{ release: 'r1', requests: 4 }, { release: 'r2', requests: 5 }] }, // prettier-ignore
    ]);
  });

  it('keep to their split when the processes learnt of it at different times', () => {
    const own = [bucket(10, 17, 1, 1), bucket(17, 20, 2, 1), bucket(20, 30, 2, 1)];
    const earlier = [bucket(10, 16, 1, 10), bucket(16, 20, 2, 20)];
    const later = [bucket(10, 20, 1, 100), bucket(20, 21, 1, 100), bucket(21, 30, 2, 200)];
    expect(requestsOf(mergeBuckets(own, earlier))).toEqual([11, 21, 1]);
    expect(requestsOf(mergeBuckets(own, later))).toEqual([201, 1, 201]);
  });

  it('wait for the bucket that is still open', () => {
    const others = [bucket(10, 20, 1, 1), bucket(20, 24, 1, 7)];
    const open = { generation: 1, sequence: 1 };
    expect(requestsOf(mergeBuckets([bucket(10, 20, 1, 1)], others, open))).toEqual([2]);
    expect(requestsOf(mergeBuckets([bucket(10, 20, 1, 1), bucket(20, 30, 1, 1)], others, open))).toEqual([2, 8]);
  });

  it('lose nothing and count nothing twice, in spans that stay what they were', () => {
    const buckets = fc
      .array(fc.record({ length: fc.integer({ min: 1, max: 9 }), sequence: fc.nat(2), requests: fc.nat(9) }))
      .map((items) => {
        let [to, sequence] = [0, 0];
        return items.map((item) => {
          const from = to;
          to += item.length;
          sequence += item.sequence;
          return bucket(from, to, sequence, item.requests);
        });
      });
    fc.assert(
      fc.property(buckets, buckets, (own, others) => {
        const sum = (all: readonly Bucket[]) => requestsOf(all).reduce((total, one) => total + one, 0);
        const merged = mergeBuckets(own, others);
        expect(sum(merged)).toBe(sum(own) + sum(others));
        if (own.length > 0)
          expect(merged.map(({ from, to }) => [from, to])).toEqual(own.map(({ from, to }) => [from, to]));
      }),
    );
  });
});
