import fc from 'fast-check';
import type { Histogram } from '../../histogram';
import { perhapsAbove, surelyAbove, type Layout } from '../../layout';
import { tailOf } from '../latency';
import { badAmounts } from './amounts';

const power = 1.1;
const fine: Layout = { factor: power, step: 0.01 };
const coarse: Layout = { edges: [1, 2, 5, 10, 20, 50] };

/** The end of the bucket that a value falls into. */
const endOf = (layout: Layout, value: number): number =>
  'edges' in layout
    ? (layout.edges.find((edge) => edge >= value) ?? 100)
    : Math.max(0.01, power ** Math.ceil(Math.log(value) / Math.log(power) - 1e-9));
const histogramOf = (layout: Layout, value: number): Histogram => [[endOf(layout, value), 1]];
const lower = (layout: Layout, value: number): Histogram =>
  badAmounts([{ slot: 'canary', release: 'a', values: histogramOf(layout, value) }], layout, 'lower');

const value = fc.double({ min: 0.001, max: 90, noNaN: true });
const layout = fc.constantFrom(fine, coarse);

describe('amounts of which lower is worse', () => {
  it('are 1 / each, in buckets that end where the worst of them may be', () => {
    const values: Histogram = [[1, 3], [5, 2], [50, 1]]; // prettier-ignore
    expect(badAmounts([{ slot: 'canary', release: 'a', values }], coarse, 'lower')).toEqual([
      [1 / 20, 1],
      [1 / 2, 2],
      [1e300, 3],
    ]);
    expect(badAmounts([{ slot: 'canary', release: 'a', values }], coarse, 'higher')).toEqual(values);
  });

  it('count against a release only where they surely are beyond a limit', () => {
    fc.assert(
      fc.property(layout, value, value, (given, amount, limit) => {
        const isCounted = tailOf(lower(given, amount)).above(surelyAbove({ turned: given }, 1 / limit)) > 0;
        if (isCounted) expect(amount).toBeLessThanOrEqual(limit * (1 + 1e-9));
      }),
    );
  });

  it('count against a promotion wherever they may be beyond it', () => {
    fc.assert(
      fc.property(layout, value, value, (given, amount, limit) => {
        fc.pre(amount < limit * (1 - 1e-9));
        expect(tailOf(lower(given, amount)).above(perhapsAbove({ turned: given }, 1 / limit))).toBe(1);
      }),
    );
  });

  it('surely are beyond a limit that is far away', () => {
    for (const given of [fine, coarse])
      expect(tailOf(lower(given, 1.5)).above(surelyAbove({ turned: given }, 1 / 15))).toBe(1);
  });
});
