import type { MetricVerdict } from './metric';
import { scoreOf } from './score';

type Short = readonly [classification: MetricVerdict['classification'], groups: string, over?: Partial<MetricVerdict>];

const counted = { pass: 'for', high: 'against', low: 'against', nodata: 'not', inconclusive: 'for' } as const;
const metrics = (...all: Short[]): MetricVerdict[] =>
  all.map(([classification, groups, over], i) => ({
    ...{ name: `m${i}`, classification, groups: groups.split(' '), counts: counted[classification] },
    ...{ isCritical: false, reason: `m${i}: because`, shift: null, effect: null, points: { canary: 9, baseline: 9 } },
    ...over,
  }));
const critical = { isCritical: true };
const halves = { a: 50, b: 50 };

describe('the score', () => {
  it.each<[string, Short[], Record<string, number>, number]>([
    ['one that passes', [['pass', 'a']], {}, 100],
    ['one that does not', [['high', 'a']], {}, 0],
    ['one without data', [['nodata', 'a']], {}, 0],
    [
      'a group that passes, one without data',
      [
        ['pass', 'a'],
        ['pass', 'a'],
        ['nodata', 'b'],
      ],
      {},
      100,
    ],
    [
      'one of two',
      [
        ['pass', 'a'],
        ['high', 'a'],
      ],
      {},
      50,
    ],
    [
      'one of three',
      [
        ['pass', 'a'],
        ['high', 'a'],
        ['low', 'a'],
      ],
      {},
      33.33,
    ],
    [
      'a group of three quarters',
      [
        ['pass', 'a'],
        ['pass', 'a'],
        ['high', 'b'],
      ],
      { a: 75, b: 25 },
      75,
    ],
    [
      'half a group of two',
      [
        ['pass', 'a'],
        ['high', 'a'],
        ['high', 'b'],
      ],
      halves,
      25,
    ],
    [
      'nodata beside a pass',
      [
        ['pass', 'a'],
        ['nodata', 'a'],
        ['high', 'b'],
      ],
      halves,
      50,
    ],
    [
      'a critical one that failed',
      [
        ['pass', 'a'],
        ['high', 'a', critical],
      ],
      {},
      0,
    ],
    [
      'a critical one without data',
      [
        ['pass', 'a'],
        ['nodata', 'a', critical],
      ],
      {},
      0,
    ],
    [
      'a third of a small group',
      [
        ['high', 'a'],
        ['low', 'a'],
        ['pass', 'a'],
        ['high', 'b'],
      ],
      { a: 15, b: 85 },
      5,
    ],
  ])("is Kayenta's: %s", (_, all, weights, expected) => {
    expect(scoreOf(metrics(...all), weights).score).toBe(expected);
  });

  it('gives groups without a weight what is left, in equal parts', () => {
    const { groups, score } = scoreOf(metrics(['pass', 'a'], ['high', 'b'], ['pass', 'c']), { a: 40 });
    expect(groups.map(({ name, weight }) => [name, weight])).toEqual([
      ['a', 40],
      ['b', 30],
      ['c', 30],
    ]);
    expect(score).toBe(70);
  });

  it('gives nothing for a weighted group that has no metric, as in Kayenta', () => {
    expect(scoreOf(metrics(['pass', 'a']), halves).score).toBe(50);
  });

  it('counts a metric in each of its groups', () => {
    const { groups } = scoreOf(metrics(['high', 'a b'], ['pass', 'b']), halves);
    expect(groups.map(({ score }) => score)).toEqual([0, 50]);
  });

  it('counts required data that are missing as harm, and not as a lack of data', () => {
    const { score, overruled } = scoreOf(metrics(['nodata', 'a', { counts: 'against' }], ['pass', 'b']), halves);
    expect([score, overruled]).toEqual([50, null]);
  });

  it('does not count what Kayenta could not judge', () => {
    const { score, groups } = scoreOf(metrics(['inconclusive', 'a', { counts: 'not' }], ['high', 'b']), halves);
    expect(groups[0]?.score).toBeNull();
    expect(score).toBe(50);
  });

  it('is 0 when half of all metrics have no data, and says so', () => {
    const { score, overruled } = scoreOf(metrics(['pass', 'a'], ['nodata', 'b']), halves);
    expect([score, overruled]).toEqual([0, '1 of 2 metrics have no data']);
  });

  it('rounds halves of a hundredth up', () => {
    expect(scoreOf(metrics(['pass', 'a'], ['high', 'b']), { a: 1.005 }).score).toBe(1.01);
    expect(scoreOf(metrics(['pass', 'a'], ['high', 'b']), { a: 1e-9 }).score).toBe(0);
  });
});
