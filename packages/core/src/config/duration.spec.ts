import fc from 'fast-check';
import { formatDuration, parseDuration } from './duration';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('a duration', () => {
  it.each([
    ['0s', 0],
    ['250ms', 250],
    ['90s', 90 * second],
    ['10m', 10 * minute],
    ['1.5h', 90 * minute],
    ['1h30m', 90 * minute],
    ['24h', day],
    ['2d', 2 * day],
    ['1m500ms', minute + 500],
  ])('"%s" is read as %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '10',
    's',
    '10 m',
    ' 10m',
    '10m ',
    '-5s',
    '1h30',
    '5sec',
    '1,5h',
    '.5h',
    '1e3s',
    '10M',
    '٣s',
    '9'.repeat(400) + 'd',
  ])('"%.20s" is none', (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  it.each([
    [0, '0ms'],
    [999, '999ms'],
    [second, '1s'],
    [90 * second, '1m30s'],
    [90 * minute, '1h30m'],
    [hour, '1h'],
    [day, '1d'],
    [day + 5 * minute, '1d'],
    [2 * day + 3 * hour + 4 * minute, '2d3h'],
    [59_999, '1m'],
  ])('%d ms is shown as "%s"', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('that is shown is read as what it shows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * day }), (ms) => {
        const text = formatDuration(ms);
        expect(formatDuration(parseDuration(text) ?? Number.NaN)).toBe(text);
      }),
    );
  });

  it('of two neighbouring units loses nothing on the way through its text', () => {
    const units = [
      [minute, second, 60],
      [hour, minute, 60],
      [day, hour, 24],
    ] as const;
    const wholes = fc.tuple(fc.constantFrom(...units), fc.integer({ min: 1, max: 23 }), fc.nat());
    fc.assert(
      fc.property(wholes, ([[large, small, limit], a, b]) => {
        const ms = a * large + (b % limit) * small;
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  it('in any order and number of parts is their sum', () => {
    const part = fc.tuple(fc.nat({ max: 1000 }), fc.constantFrom('ms', 's', 'm', 'h', 'd'));
    const sizes: Record<string, number> = { ms: 1, s: second, m: minute, h: hour, d: day };
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const text = parts.map(([amount, unit]) => `${amount}${unit}`).join('');
        const sum = parts.reduce((total, [amount, unit]) => total + amount * (sizes[unit] ?? 0), 0);
        expect(parseDuration(text)).toBe(sum);
      }),
    );
  });
});
