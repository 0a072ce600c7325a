import { mayReplace } from './version';

const of = (generation: number, sequence: number, owner = 'a') => ({ generation, sequence, owner });

describe('a state may be stored', () => {
  it.each([
    ['where there is none', of(1, 0), null],
    ['after an earlier moment of the same driver', of(2, 5), of(2, 4)],
    ['in place of itself', of(2, 5), of(2, 5)],
    ['after an older driver', of(3, 0, 'b'), of(2, 90, 'a')],
  ] as const)('%s', (_, next, stored) => {
    expect(mayReplace(next, stored)).toBe(true);
  });

  it.each([
    ['after a later moment', of(2, 3), of(2, 4)],
    ['after a newer driver', of(2, 99), of(3, 0)],
    ['by a driver of the same generation that came second', of(3, 0, 'b'), of(3, 0, 'a')],
    ['by a driver of the same generation whose owner is another', of(3, 9, 'b'), of(3, 1, 'a')],
  ] as const)('not %s', (_, next, stored) => {
    expect(mayReplace(next, stored)).toBe(false);
  });
});

describe('a driver that takes over', () => {
  it('replaces exactly what it has read', () => {
    expect(mayReplace(of(3, 0, 'b'), of(2, 7), of(2, 7))).toBe(true);
    expect(mayReplace(of(1, 0, 'b'), null, null)).toBe(true);
  });

  it('replaces nothing that came after', () => {
    expect(mayReplace(of(3, 0, 'b'), of(2, 8), of(2, 7))).toBe(false);
    expect(mayReplace(of(1, 0, 'b'), of(0, 1), null)).toBe(false);
    expect(mayReplace(of(3, 0, 'b'), null, of(2, 7))).toBe(false);
  });

  it('may say it twice', () => {
    expect(mayReplace(of(3, 0, 'b'), of(3, 0, 'b'), of(2, 7))).toBe(true);
  });
});
