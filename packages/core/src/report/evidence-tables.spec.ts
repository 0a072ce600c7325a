import type { Comparison } from '../gates/gate';
import { aStateIn, phases } from '../testing';
import { comparisonTable } from './evidence-tables';

const errors: Comparison = {
  ...{ metric: 'error rate', unit: 'share', value: 0.02, baseline: 0.005, limit: 0.0056, ok: false },
};

/** The last cell of the row of a step that compared this. */
function timesOf(comparison: Comparison): string | undefined {
  const { rollout } = aStateIn(phases.watching);
  if (!rollout) throw new Error('no rollout');
  const gate = { verdict: 'fail' as const, reasons: ['too many errors'], comparisons: [comparison] };
  const lines = comparisonTable({ ...rollout, steps: rollout.steps.map((step) => ({ ...step, gate })) });
  return lines
    .find((line) => line.includes('| error rate |'))
    ?.split('|')
    .at(-2)
    ?.trim();
}

describe('the table of what was compared', () => {
  it.each([
    [{ estimate: 4, from: 2.5, to: 6.25 }, '4.00 (2.50 to 6.25)'],
    [{ estimate: 45, from: 4, to: null }, '45 (at least 4.00)'],
    [{ estimate: 0.5, from: null, to: 1.25 }, '0.50 (at most 1.25)'],
    [{ estimate: null, from: 4, to: null }, '(at least 4.00)'],
    [{ estimate: null, from: null, to: null }, 'unknown'],
  ])('says how many times the baseline it is, %j', (ratio, expected) => {
    expect(timesOf({ ...errors, ratio })).toBe(expected);
  });

  it('has no such column where no method said so', () => {
    expect(timesOf(errors)).toBe('no');
  });
});
