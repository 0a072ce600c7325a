import { mannWhitneyDefaults } from './settings';

describe('the defaults of the method mann-whitney', () => {
  it('are those of Kayenta', () => {
    const { confidence, tolerance, pass, marginal } = mannWhitneyDefaults;
    expect([confidence, tolerance, pass, marginal]).toEqual([0.98, 0.25, 95, 75]);
  });

  it('have weights of a hundred, one for each group', () => {
    const { weights, metrics } = mannWhitneyDefaults;
    const groups = new Set(Object.values(metrics).flatMap(({ groups }) => groups));
    expect(Object.keys(weights)).toEqual([...groups]);
    expect(Object.values(weights).reduce((sum, weight) => sum + weight, 0)).toBe(100);
  });
});
