import { bytes, count, inHours, percent, perSecond, shortMs } from './amounts';
import { wrap } from './lines';
import { table } from './markdown';

describe('amounts', () => {
  it.each([shortMs, percent, perSecond, bytes, count])('show what is not known as a dash: %p', (show) => {
    expect([show(null), show(undefined), show(Number.NaN)]).toEqual(['–', '–', '–']);
  });

  it.each([
    [0, '0.00 %'],
    [0.00001, '<0.01 %'],
    [0.0005, '0.05 %'],
    [0.12, '12.0 %'],
    [0.99999, '99.9 %'],
    [1, '100 %'],
  ])('show the share %d as %s', (share, text) => {
    expect(percent(share)).toBe(text);
  });

  it('are as short as they can be', () => {
    expect([8.21, 9.96, 120.4, 12_345].map(shortMs)).toEqual(['8.2', '10', '120', '12.3s']);
    expect([812, 48_213, 64e6, 1.3e9].map(bytes)).toEqual(['812B', '47K', '61M', '1.2G']);
    expect([412, 1_234_567].map(count)).toEqual(['412', '1,234,567']);
    expect([30_000, 7_200_000, 86_400_000, 110_000_000].map(inHours)).toEqual(['30s', '2h', '24h', '30h33m']);
  });
});

it('lines break between words, but not between a number and its unit', () => {
  expect(wrap('a limit of 0.20 % is above 12 ms', 17, '  ')).toEqual(['a limit of 0.20 %', '  is above 12 ms']);
});

it('a cell of a table escapes what would end it', () => {
  expect(table(['A', '>B'], [['x | y\\|\nz <b>', '']])).toEqual([
    '| A | B |',
    '| --- | ---: |',
    '| x \\| y\\\\\\| z &lt;b> | – |',
    '',
  ]);
});
