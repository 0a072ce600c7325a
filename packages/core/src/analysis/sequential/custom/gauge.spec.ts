import fc from 'fast-check';
import { noStrand, type Strand } from '../strand';
import { addGauge, meanOf } from './gauge';

const trust = { cap: Infinity, dispersion: 1, marks: 0 };
const margins = { abort: { ratio: 1.1 }, promote: { ratio: 1.25 } };
const higher = { worse: 'higher', ...margins } as const;
const lower = { worse: 'lower', ...margins } as const;
const added = (pairs: readonly (readonly [number, number])[], settings: typeof higher | typeof lower): Strand =>
  pairs.reduce((strand, [canary, baseline]) => addGauge(strand, { canary, baseline }, settings, trust), noStrand);
const [yes, no] = [Math.log(2 * 0.97), Math.log(2 * 0.03)];
const sides = ({ abort, promote }: Strand) => [(abort.logs.at(-1) ?? 0) - Math.log(1 / 2), promote.at(-1) ?? 0];

describe('a gauge', () => {
  it.each([
    ['is beyond both margins', 13, 10, yes, no],
    ['is between them', 12, 10, yes, yes],
    ['is at the first', 11, 10, no, yes],
    ['is as before', 10, 10, no, yes],
    ['is better', 2, 10, no, yes],
    ['is nothing, as before', 0, 0, no, yes],
    ['is something, after nothing', 1, 0, yes, no],
  ])('that %s pays accordingly', (_, canary, baseline, abort, promote) => {
    const [against, forIt] = sides(added([[canary, baseline]], higher));
    expect([against, forIt]).toEqual([expect.closeTo(abort, 12), expect.closeTo(promote, 12)]);
    expect(sides(added([[baseline, canary]], lower))).toEqual(sides(added([[canary, baseline]], higher)));
  });

  it('pays nothing on average, whatever its chances in each interval are, if it is as likely within as beyond', () => {
    const chance = fc.double({ min: 0, max: 0.5, noNaN: true });
    // of the first interval, of the second after either, and so on
    fc.assert(
      fc.property(fc.array(chance, { minLength: 15, maxLength: 15 }), (chances) => {
        for (const side of ['abort', 'promote'] as const) {
          const [hit, miss] = side === 'abort' ? ([20, 10] as const) : ([10, 20] as const);
          const walk = (node: number, pairs: (readonly [number, number])[], p: number): number[] => {
            if (pairs.length === 4) {
              const strand = added(pairs, higher);
              const logs = side === 'abort' ? strand.abort.logs.map((log) => log - Math.log(1 / 2)) : strand.promote;
              return logs.map((log) => p * Math.exp(log));
            }
            const q = chances[node] ?? 0.5;
            const hits = walk(2 * node + 1, [...pairs, [hit, 10]], p * q);
            return walk(2 * node + 2, [...pairs, [miss, 10]], p * (1 - q)).map((mean, i) => mean + (hits[i] ?? 0));
          };
          expect(Math.max(...walk(0, [], 1))).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is the mean of all that was read in an interval, and nothing where nothing was', () => {
    const whose = { slot: 'canary', release: 'a' } as const;
    expect(meanOf([{ ...whose, sum: 30, count: 3 }, { ...whose, sum: 2, count: 1 }])).toBe(8); // prettier-ignore
    expect(meanOf([{ ...whose, sum: 0, count: 0 }])).toBeNull();
    expect(meanOf([])).toBeNull();
  });
});
