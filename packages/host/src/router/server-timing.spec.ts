import fc from 'fast-check';
import { readServerTiming } from './server-timing';

const wanted = new Map([
  ['misses', 'ratio' as const],
  ['rows', 'histogram' as const],
]);
function told(...values: string[]): [string, number][] {
  const found: [string, number][] = [];
  const raw = values.flatMap((value, i) => ['X-Other', 'rows;dur=1', i % 2 === 0 ? 'Server-Timing' : 'server-timing', value]); // prettier-ignore
  readServerTiming(raw, wanted, (name, kind, amount) => {
    expect(kind).toBe(wanted.get(name));
    found.push([name, amount]);
  });
  return found;
}

describe('Server-Timing', () => {
  it.each<[string, [string, number][]]>([
    ['rows;dur=12.5', [['rows', 12.5]]],
    ['rows;dur="12.5"', [['rows', 12.5]]],
    ['rows;DUR=1e3', [['rows', 1000]]],
    ['misses;dur=0', [['misses', 0]]],
    [' db ; desc="a, rows;dur=9" ; dur=3 ,\trows ; dur = 4 ;desc=x', [['rows', 4]]],
    ['db, cache;desc="\\"";dur=1, rows;dur=2', [['rows', 2]]],
    ['rows;dur=1, misses;dur=1', [['rows', 1], ['misses', 1]]], // prettier-ignore
    ['rows;dur=1, rows;dur=2', [['rows', 1]]],
    ['rows;dur=1;dur=2', [['rows', 1]]],
    ['rows', []],
    ['rows;desc="no number"', []],
    ['rows;dur', []],
    ['rows;dur=', []],
    ['rows;dur=-1', []],
    ['rows;dur=NaN', []],
    ['rows;dur=Infinity', []],
    ['rows;dur=1e999', []],
    ['rows;dur=1e16', []],
    ['rows;dur=0x10', []],
    ['rows2;dur=1, Rows;dur=1, my-rows;dur=1', []],
    ['', []],
    [',,,', []],
    ['@@ rows;dur=1', []],
    ['rows;dur="1', []],
  ])('%j tells %j', (text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  it('tells the first of each name over all fields', () => {
    expect(told('db;dur=1', 'rows;dur=2', 'rows;dur=3, misses;dur=1')).toEqual([
      ['rows', 2],
      ['misses', 1],
    ]);
  });

  it('is not read beyond 4096 characters, nor beyond 64 entries', () => {
    expect(told('x'.repeat(4_000), `rows;dur=1`)).toEqual([['rows', 1]]);
    expect(told('x'.repeat(4_090), `rows;dur=1`)).toEqual([]);
    const entries = (count: number) => `${'a,'.repeat(count)}rows;dur=1`;
    expect(told(entries(63))).toEqual([['rows', 1]]);
    expect(told(entries(64))).toEqual([]);
  });

  it('tells amounts or nothing, whatever is in it', () => {
    const piece = fc.constantFrom(
      'rows',
      'misses',
      ';',
      'dur',
      '=',
      '"',
      '\\',
      ',',
      ' ',
      '5',
      '-',
      '.',
      'e9',
      'é',
      '\t',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        for (const [, amount] of told(pieces.join(''))) expect(amount >= 0 && amount <= 1e15).toBe(true);
      }),
    );
  });
});
