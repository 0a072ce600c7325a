import { meanOf } from './effect-size';
import { spreadOut } from './jitter';

describe('constants that are spread out', () => {
  it('stay where they are in the mean, a hundred-thousandth of themselves apart', () => {
    const spread = spreadOut([200, 200, 200, 200, 200]);
    expect(meanOf(spread)).toBeCloseTo(200, 9);
    expect(new Set(spread).size).toBe(5);
    expect(Math.max(...spread) - 200).toBeCloseTo(200 * 1e-5 * 1.2815515655, 8);
  });

  it('are as they were where there is nothing to spread', () => {
    expect(spreadOut([0, 0, 0])).toEqual([0, 0, 0]);
    expect(spreadOut([7])).toEqual([7]);
  });
});
