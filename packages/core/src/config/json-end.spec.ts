import fc from 'fast-check';
import { whereJsonEnds } from './json-end';

describe('where a text stops being JSON', () => {
  it.each([
    ['', 0],
    ['{', 1],
    ['{"a": }', 6],
    ['{"a": 1,}', 8],
    ["{'a': 1}", 1],
    ['{"a": 1 "b": 2}', 8],
    ['[1, 2', 5],
    ['[1 2]', 3],
    ['{"a": tru}', 6],
    ['{"a": "tab\there"}', 6],
    ['{"a": 01}', 7],
    ['{} {}', 3],
    ['// a comment\n{}', 0],
  ])('%j: at %i', (text, at) => {
    expect(whereJsonEnds(text)).toBe(at);
  });

  it('is its end for all that is JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.integer({ min: 0, max: 3 }), (text, space) => {
        const spaced = JSON.stringify(JSON.parse(text), null, space);
        expect(whereJsonEnds(spaced)).toBe(spaced.length);
      }),
    );
  });
});
