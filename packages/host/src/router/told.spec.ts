import fc from 'fast-check';
import { countTold, mergeTold, newTold, readTold, toldLayout, type Told } from './told';

const counted = (kind: Told['kind'], amounts: readonly number[]): Told => {
  const tally = newTold(kind);
  for (const amount of amounts) countTold(tally, amount);
  return readTold('rows', tally);
};
const amounts = fc.array(
  fc.oneof(fc.double({ min: 0, max: 1e15, noNaN: true }), fc.constantFrom(0, 1, 1e-6, 1.1, 100)),
);

describe('what answers told', () => {
  it.each<[Told['kind'], object]>([
    ['ratio', { kind: 'ratio', name: 'rows', hits: 2, of: 3 }],
    ['gauge', { kind: 'gauge', name: 'rows', sum: 12.5, count: 3 }],
    ['histogram', { kind: 'histogram', name: 'rows', values: [[1.00348e-6, 1], [2.51263, 1], [10.0074, 1]] }], // prettier-ignore
  ])('is counted as a %s', (kind, expected) => {
    expect(counted(kind, [10, 0, 2.5])).toEqual(expected);
  });

  it('is in buckets that rise, and are no wider than they are said to be', () => {
    fc.assert(
      fc.property(amounts, (given) => {
        const read = counted('histogram', given);
        if (read.kind !== 'histogram') throw new Error('another kind');
        const { factor, step } = toldLayout;
        const ends = read.values.map(([end]) => end);
        expect(ends).toEqual([...new Set(ends)].sort((a, b) => a - b));
        for (const [end, count] of read.values) {
          const begin = Math.min(end / factor, end - step);
          const inside = given.filter((amount) => amount >= begin && amount <= end * (1 + 1e-6));
          expect(inside.length).toBeGreaterThanOrEqual(count);
        }
        expect(read.values.reduce((sum, [, count]) => sum + count, 0)).toBe(given.length);
      }),
    );
  });

  it.each(['ratio', 'histogram', 'gauge'] as const)('adds up, as a %s', (kind) => {
    const small = fc.array(fc.nat(1000), { minLength: 1 });
    fc.assert(
      fc.property(small, small, (one, other) => {
        expect(mergeTold([counted(kind, one), counted(kind, other)])).toEqual([counted(kind, [...one, ...other])]);
      }),
    );
  });
});
