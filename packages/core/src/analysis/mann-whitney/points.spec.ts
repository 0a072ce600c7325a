import { emptyArm, type Arm } from '../arms';
import { addPoint, mostPoints, valuesOf, type Point } from './points';

const arm = (over: Partial<Arm> = {}): Arm => ({
  requests: 300,
  errors: 1,
  latency: [
    [50, 299],
    [900, 1],
  ],
  synthetic: 0,
  ...over,
});

describe('the points of a step', () => {
  it('are error rates in per cent and quantiles in ms, to five digits', () => {
    const points = addPoint([], { canary: arm(), baseline: arm({ errors: 0, latency: [[12.3456789, 300]] }) });
    expect(points).toEqual([
      [
        [0.33333, 50, 50, 50],
        [0, 12.346, 12.346, 12.346],
      ],
    ]);
    expect(valuesOf(points, 'errors')).toEqual({ canary: [0.33333], baseline: [0] });
  });

  it('are missing where there was no request, or no latency of any', () => {
    const points = addPoint([], { canary: emptyArm, baseline: arm({ latency: [] }) });
    expect(valuesOf(points, 'errors')).toEqual({ canary: [NaN], baseline: [0.33333] });
    expect(valuesOf(points, 'p99')).toEqual({ canary: [NaN], baseline: [NaN] });
  });

  it('are the newest, in less than 64 KiB whatever they are', () => {
    let points: Point[] = [];
    for (let i = 0; i <= mostPoints + 100; i += 1) {
      const latency = [[(1.23456 + i / 1e5) * 1e300, 3e15]] as const;
      const longest = arm({ requests: 3e15, errors: 1, latency });
      points = addPoint(points, { canary: longest, baseline: longest });
    }
    expect(points).toHaveLength(mostPoints);
    expect(valuesOf(points, 'p50').canary.at(-1)).toBe(1.2416e300);
    expect(JSON.stringify(points).length).toBeLessThan(62 * 1024);
  });
});
