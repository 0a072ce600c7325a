import fc from 'fast-check';
import { bet, noBets, worthOf, type Bets } from './bets';
import { capOf } from './cap';

const after = (increments: readonly number[], marksOf: (i: number) => number = () => 0): Bets =>
  increments.reduce((bets, increment, i) => bet(bets, [increment], marksOf(i)), noBets);

const parse: (text: string) => Bets = JSON.parse;

describe('bets', () => {
  it('are worth the stake before anything came', () => {
    expect(worthOf(noBets)).toBe(0);
  });

  it('are half of the first interval and half of what is kept', () => {
    expect(worthOf(after([Math.log(10)]))).toBeCloseTo(Math.log(0.5 * 10 + 0.5), 12);
  });

  it('lose at most what was set, however bad the beginning was', () => {
    const late = after([-500, ...Array.from({ length: 4 }, () => 3)], (i) => (i === 0 ? 0 : 1));
    expect(worthOf(late)).toBeCloseTo(Math.log(0.25 * Math.exp(12) + 0.25), 9);
  });

  it('keep their worth over intervals that say nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 200 }), (steps) => {
        let marks = 0;
        const bets = steps.reduce((all, step) => bet(all, [0, 0], (marks += step)), noBets);
        expect(worthOf(bets)).toBeCloseTo(0, 9);
      }),
    );
  });

  it('take no longer for marks that lie far ahead', () => {
    expect(worthOf(bet(noBets, [0], Number.MAX_SAFE_INTEGER))).toBeCloseTo(0, 9);
  });

  it('survive JSON', () => {
    const bets = after([1, -3, 2], (i) => i);
    expect(bet(parse(JSON.stringify(bets)), [0.5], 4)).toEqual(bet(bets, [0.5], 4));
  });

  it.each<[string, number[], boolean]>([
    ['two intervals', [1, 1], false],
    ['two intervals and nearly half of a third', [1, 1, 0.499], false],
    ['two intervals and the halves at both ends', [0.501, 1, 1], true],
    ['three intervals', [1, 1, 1], true],
  ])('by %s before the first mark, however bad: %j: won %s', (_, parts, isWon) => {
    const alpha = 0.05;
    expect(worthOf(after(parts.map((part) => part * capOf(alpha)))) >= -Math.log(alpha)).toBe(isWon);
  });
});
