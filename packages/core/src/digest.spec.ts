import fc from 'fast-check';
import { canonicalJson, digestOf, sha256 } from './digest';

/** The same data with its keys written down in another order. */
function shuffled(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, seed));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => [key, shuffled(member, seed)]);
  return Object.fromEntries(seed % 2 ? entries.reverse() : [...entries.slice(seed % 5), ...entries.slice(0, seed % 5)]);
}

describe('the digest of data', () => {
  it('is SHA-256 in hex', () => {
    expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(digestOf({ b: 1, a: [true, null] })).toBe(sha256('{"a":[true,null],"b":1}'));
  });

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), (value, seed) => {
        expect(digestOf(shuffled(value, seed))).toBe(digestOf(value));
      }),
    );
  });

  it('depends on everything else: equal digests mean equal data', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(digestOf(a) === digestOf(b)).toBe(canonicalJson(a) === canonicalJson(b));
      }),
    );
    expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]));
    expect(digestOf('1')).not.toBe(digestOf(1));
    expect(digestOf(null)).not.toBe(digestOf({}));
  });

  it('is that of the data which JSON would keep', () => {
    expect(digestOf({ a: 1, b: undefined })).toBe(digestOf({ a: 1 }));
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
