import fc from 'fast-check';
import { nextInstance, nextTurn } from './split';

/** Weights in whole per cent that add up to 100. */
const weights = fc
  .tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }))
  .map(([a, b]) => [Math.min(a, b), Math.abs(a - b), 100 - Math.max(a, b)]);

function turns(split: readonly number[], count: number): number[] {
  const indexes: number[] = [];
  let credits: readonly number[] = [];
  for (let i = 0; i < count; i += 1) {
    const turn = nextTurn(split, credits);
    if (turn === undefined) throw new Error('no turn');
    indexes.push(turn.index);
    credits = turn.credits;
  }
  return indexes;
}

describe('the split', () => {
  it.each([
    [[95, 5], 'stable'],
    [[5, 95], 'canary'],
    [[100], 'one slot'],
  ])('of %p is exact over every 100 requests', (split) => {
    const run = turns(split, 1_000);
    for (let start = 0; start < 1_000; start += 100) {
      split.forEach((weight, index) => {
        expect(run.slice(start, start + 100).filter((each) => each === index)).toHaveLength(weight);
      });
    }
  });

  it('gives two slots their share of any run of requests, give or take one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.nat(200), fc.nat(200), (weight, start, length) => {
        const run = turns([weight, 100 - weight], start + length).slice(start);
        const share = (length * weight) / 100;
        expect(Math.abs(run.filter((index) => index === 0).length - share)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('gives three slots their share of any number of first requests, give or take one', () => {
    fc.assert(
      fc.property(weights, fc.nat(300), (split, length) => {
        const run = turns(split, length);
        split.forEach((weight, index) => {
          const share = (length * weight) / 100;
          expect(Math.abs(run.filter((each) => each === index).length - share)).toBeLessThanOrEqual(1);
        });
      }),
    );
  });

  it('never gives a turn to a slot without weight', () => {
    fc.assert(
      fc.property(weights, (split) => {
        for (const index of turns(split, 100)) expect(split[index]).toBeGreaterThan(0);
      }),
    );
  });

  it.each([[[]], [[0]], [[0, 0]]])('of %p gives no turn at all', (split) => {
    expect(nextTurn(split, [])).toBeUndefined();
  });
});

describe('the next instance', () => {
  const [a, b, c] = [{ ejectedUntil: 0 }, { ejectedUntil: 0 }, { ejectedUntil: 0 }];
  const out = { ejectedUntil: 10 };

  it.each([
    ['is the one whose turn it is', [a, b, c], 1, [], b],
    ['starts again after the last', [a, b, c], 3, [], a],
    ['was not tried before', [a, b, c], 1, [b, c], a],
    ['did not refuse a moment ago', [out, b], 0, [], b],
    ['may have refused where no other is left', [out, b], 1, [b], out],
    ['is none where all were tried', [a, b], 0, [a, b], undefined],
    ['is none where there is none', [], 0, [], undefined],
  ])('%s', (_, instances, start, tried, expected) => {
    expect(nextInstance(instances, start, 5, new Set(tried))).toBe(expected);
  });

  it('may be one that refused long ago', () => {
    expect(nextInstance([out, b], 0, 10, new Set())).toBe(out);
  });
});
