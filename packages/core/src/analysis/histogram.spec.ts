import fc from 'fast-check';
import { countOf, mergeHistograms, quantile, type Histogram } from './histogram';

const histograms: fc.Arbitrary<Histogram> = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 50 })), {
    selector: ([edge]) => edge,
  })
  .map((buckets) => buckets.sort(([a], [b]) => a - b));

describe('a quantile', () => {
  const histogram: Histogram = [
    [10, 50],
    [20, 45],
    [40, 4],
    [80, 1],
  ];

  it.each([
    [0, 10],
    [0.5, 10],
    [0.501, 20],
    [0.95, 20],
    [0.951, 40],
    [0.99, 40],
    [0.991, 80],
    [1, 80],
  ])('at %d is %d', (q, edge) => {
    expect(quantile(histogram, q)).toBe(edge);
  });

  it('of nothing is unknown', () => {
    expect(quantile([], 0.95)).toBeNull();
    expect(quantile([[10, 0]], 0.95)).toBeNull();
  });

  it('is the edge that a sorted list of all values has at that rank', () => {
    fc.assert(
      fc.property(histograms, fc.double({ min: 0, max: 1, noNaN: true }), (buckets, q) => {
        const values = buckets.flatMap(([edge, count]) => Array<number>(count).fill(edge));
        expect(quantile(buckets, q)).toBe(values[Math.max(1, Math.ceil(q * values.length)) - 1] ?? null);
      }),
    );
  });
});

describe('merged histograms', () => {
  it('add up by edge, in ascending order', () => {
    const merged = mergeHistograms([
      [
        [10, 1],
        [30, 2],
      ],
      [
        [5, 1],
        [10, 4],
      ],
    ]);
    expect(merged).toEqual([
      [5, 1],
      [10, 5],
      [30, 2],
    ]);
  });

  it('keep every value, in whatever order and groups they are merged', () => {
    fc.assert(
      fc.property(histograms, histograms, histograms, (a, b, c) => {
        const all = mergeHistograms([a, b, c]);
        expect(countOf(all)).toBe(countOf(a) + countOf(b) + countOf(c));
        expect(mergeHistograms([c, mergeHistograms([b, a])])).toEqual(all);
        expect(mergeHistograms([all])).toEqual(all);
      }),
    );
  });
});
