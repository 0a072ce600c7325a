import { mergedRanks, rankSumDeviation } from './rank-sum';

describe('the rank sum', () => {
  it('gives equal values the mean of their ranks, and counts groups of them', () => {
    expect(mergedRanks([1, 2, 2], [2, 3], 0)).toEqual({ rankSum: 1 + 3 + 3, tied: 24 });
    expect(mergedRanks([1, 2, 2], [2, 3], -1)).toEqual({ rankSum: 1.5 + 4 + 4, tied: 6 + 24 });
  });

  it('is in deviations from its middle, half a rank less', () => {
    const [canary, baseline] = [
      [10, 20, 30, 40, 50],
      [1, 2, 3, 4, 5],
    ];
    expect(rankSumDeviation(canary, baseline)(0)).toBeCloseTo(12 / Math.sqrt((25 / 12) * 11), 12);
    expect(rankSumDeviation(canary, baseline)(100)).toBeCloseTo(-12 / Math.sqrt((25 / 12) * 11), 12);
  });

  it('falls as the shift grows', () => {
    const deviation = rankSumDeviation([1, 2, 2, 5, 8], [0, 2, 3, 3, 4]);
    const values = Array.from({ length: 60 }, (_, i) => deviation(i / 4 - 7));
    expect([...values].sort((a, b) => b - a)).toEqual(values);
  });
});
