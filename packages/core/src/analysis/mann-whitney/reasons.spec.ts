import { harmReason, number, passReason } from './reasons';
import { aMetric } from './testing/a-metric';

const metric = aMetric([], []);
const up = { shift: { estimate: 0.9, from: 0.4, to: 1.4 }, effect: 1.8 };
const down = { shift: { estimate: -0.9, from: -1.4, to: -0.4 }, effect: 0.5 };

describe('reasons', () => {
  it('say by how much the canary is higher or lower', () => {
    expect(harmReason(metric, up, false)).toBe(
      "canary higher, by 0.9 points (98 % interval 0.4 to 1.4), more than is tolerated: its mean is 1.8 times the baseline's",
    );
    expect(harmReason(metric, down, true)).toBe(
      "canary lower, by 0.9 points (98 % interval 0.4 to 1.4), more than is tolerated: its mean is 0.5 times the baseline's; it is critical",
    );
  });

  it('leave out an effect that can not be told, and a unit that there is not', () => {
    expect(harmReason({ ...metric, unit: '' }, { ...up, effect: null }, false)).toBe(
      'canary higher, by 0.9 (98 % interval 0.4 to 1.4), more than is tolerated',
    );
  });

  it('say why a clear difference passes', () => {
    expect(passReason({ ...metric, direction: 'increase' }, down, true)).toContain('which is no harm');
    expect(passReason({ ...metric, direction: 'decrease' }, up, true)).toContain('which is no harm');
    const allowed = { ...metric.effectSize, allowedIncrease: 2 };
    expect(passReason({ ...metric, effectSize: allowed }, up, true)).toContain(
      "but not enough of it: its mean is 1.8 times the baseline's, harm begins at 2",
    );
    expect(passReason(metric, up, false)).toContain('within what is tolerated');
    expect(passReason(metric, { ...up, shift: { estimate: 0, from: -1, to: 1 } }, false)).toBe(
      'no shift (98 % interval -1 to 1), within what is tolerated',
    );
  });

  it('say a chance in words', () => {
    const cles = aMetric([], [], { effectSize: { measure: 'cles' } });
    expect(harmReason(cles, { ...up, effect: 0.77 }, false)).toContain(
      "a point of it is above the baseline's with a chance of 0.77",
    );
  });

  it.each([
    [0.123456, '0.123'],
    [12.3456, '12.3'],
    [1234.6, '1235'],
    [-99.96, '-100'],
    [0, '0'],
  ])('write %d as %s', (amount, text) => {
    expect(number(amount)).toBe(text);
  });
});
