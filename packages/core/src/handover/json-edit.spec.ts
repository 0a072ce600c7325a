import * as fc from 'fast-check';
import { spanOf, withValue } from './json-edit';

describe('a value that is set in a JSON text', () => {
  it('leaves every other byte as it is', () => {
    const text = '{ "n": 1.0,\n\t"big": 12345678901234567890, "n": 2, "a": [ {"s" : "x\\"}"} ]}\r\n';
    expect(withValue(text, ['a', 0, 's'], 'done')).toBe(text.replace('"x\\"}"', '"done"'));
  });

  it('is the last of two of the same key, which is the one that counts', () => {
    expect(withValue('{"a":1,"a":2}', ['a'], 3)).toBe('{"a":1,"a":3}');
  });

  it.each([
    ['{}', '{"b":1}'],
    ['{"a":1}', '{"a":1,"b":1}'],
    ['{\n  "a": 1\n}\n', '{\n  "a": 1,\n  "b": 1\n}\n'],
    ['{\n\t"a": {\n\t\t"c": 1\n\t}\n}', '{\n\t"a": {\n\t\t"c": 1\n\t},\n\t"b": 1\n}'],
  ])('is added to %j as its last member', (text, expected) => {
    expect(withValue(text, ['b'], 1)).toBe(expected);
  });

  it('is laid out as the text is', () => {
    const text = '{\n  "a": {\n    "b": 1\n  }\n}';
    expect(withValue(text, ['a', 'c'], { d: { e: 1 } })).toBe(
      '{\n  "a": {\n    "b": 1,\n    "c": {\n      "d": {\n        "e": 1\n      }\n    }\n  }\n}',
    );
  });

  it('has to have something that holds it', () => {
    expect(() => withValue('{"a":1}', ['a', 'b'], 1)).toThrow(RangeError);
    expect(() => withValue('{}', ['a', 'b'], 1)).toThrow(RangeError);
  });

  const layouts = [undefined, 2, '\t'] as const;
  const document = fc.record({ root: fc.dictionary(fc.string(), fc.jsonValue()), indent: fc.constantFrom(...layouts) });

  it('is what is read back, and nothing else has changed, whatever the document', () => {
    fc.assert(
      fc.property(document, fc.string(), fc.jsonValue(), ({ root, indent }, key, value) => {
        const text = JSON.stringify(root, null, indent);
        const found: unknown = JSON.parse(withValue(text, [key], value));
        const expected: unknown = JSON.parse(
          JSON.stringify(Object.fromEntries([...Object.entries(root), [key, value]])),
        );
        expect(found).toEqual(expected);
      }),
    );
  });

  it('is found where it is, whatever the document', () => {
    fc.assert(
      fc.property(document, ({ root, indent }) => {
        const text = JSON.stringify(root, null, indent);
        for (const [key, value] of Object.entries(root)) {
          const span = spanOf(text, [key]);
          expect(JSON.parse(text.slice(span?.from, span?.to))).toEqual(JSON.parse(JSON.stringify(value)));
        }
      }),
    );
  });
});
