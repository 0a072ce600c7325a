import { summarise } from '../analysis/figures';
import { someFigures } from '../testing';
import { compareErrors, compareLatency, explainComparison, formatAmount } from './compare';

const errors = (requests: number, count: number) => summarise([someFigures({ requests, errors: count })]);
const latency = (ms: number) => summarise([someFigures({ ms })]);
const nothing = summarise([]);

describe('the error rate', () => {
  it.each([
    ['as many as the baseline', 10, { ratio: 1, absolute: 0 }, true],
    ['one more', 11, { ratio: 1, absolute: 0 }, false],
    ['at the limit of half as many again', 15, { ratio: 1.5, absolute: 0 }, true],
    ['above the limit of half as many again', 16, { ratio: 1.5, absolute: 0 }, false],
    ['within the absolute margin', 20, { ratio: 1, absolute: 0.01 }, true],
    ['above the absolute margin', 21, { ratio: 1, absolute: 0.01 }, false],
  ])('with %s', (_, count, margin, ok) => {
    expect(compareErrors(errors(1000, count), errors(1000, 10), margin).ok).toBe(ok);
  });

  it('of a baseline without errors allows none but the absolute margin', () => {
    expect(compareErrors(errors(1000, 1), errors(1000, 0), { ratio: 5, absolute: 0 }).ok).toBe(false);
    expect(compareErrors(errors(1000, 1), errors(1000, 0), { ratio: 5, absolute: 0.001 }).ok).toBe(true);
  });
});

describe('the latency', () => {
  it.each([
    ['at the ratio', 110, true],
    ['above the ratio', 111, false],
  ])('%s', (_, ms, ok) => {
    expect(compareLatency(latency(ms), latency(100), { ratio: 1.1, absolute: 5 }).ok).toBe(ok);
  });

  it.each([
    ['within the slack where the ratio is smaller', 15, true],
    ['above the slack', 16, false],
  ])('%s', (_, ms, ok) => {
    expect(compareLatency(latency(ms), latency(10), { ratio: 1.1, absolute: 5 }).ok).toBe(ok);
  });
});

describe('a comparison', () => {
  it('of which lower is worse is below its limit, in three digits of whatever unit', () => {
    const compared = { metric: 'free', unit: 'number', value: 5.03, baseline: 1234.5, limit: 987.6 } as const;
    expect(explainComparison({ ...compared, ok: false, worse: 'lower' })).toBe(
      'free 5.03 is below its limit of 988 (baseline 1230)',
    );
    expect(explainComparison({ ...compared, ok: true, worse: 'lower' })).toContain('free 5.03 is within its limit');
  });

  it('of a side without figures is neither good nor bad', () => {
    const margin = { ratio: 1, absolute: 0 };
    for (const [canary, baseline] of [
      [nothing, errors(100, 0)],
      [errors(100, 0), nothing],
      [nothing, nothing],
    ] as const) {
      expect(compareErrors(canary, baseline, margin).ok).toBeNull();
      expect(compareLatency(canary, baseline, margin).ok).toBeNull();
    }
  });

  it('is explained with both numbers and the limit', () => {
    const margin = { ratio: 1.5, absolute: 0.0005 };
    expect(explainComparison(compareErrors(errors(1000, 120), errors(1000, 3), margin))).toBe(
      'error rate 12.00 % is above its limit of 0.50 % (baseline 0.30 %)',
    );
    expect(explainComparison(compareLatency(latency(41), latency(40), { ratio: 1.1, absolute: 5 }))).toBe(
      'latency p95 41.0 ms is within its limit of 45.0 ms (baseline 40.0 ms)',
    );
    expect(explainComparison(compareErrors(nothing, errors(1000, 3), margin))).toBe(
      'error rate: nothing to compare (canary unknown, baseline 0.30 %)',
    );
  });

  it.each([
    [0.1234, 'share', '12.34 %'],
    [12.345, 'ms', '12.3 ms'],
    [7, 'count', '7'],
    [null, 'ms', 'unknown'],
  ] as const)('shows %p as %s: %s', (amount, unit, text) => {
    expect(formatAmount(amount, unit)).toBe(text);
  });
});
