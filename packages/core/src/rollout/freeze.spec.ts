import { frozenAt, noFreeze, type Freeze } from './freeze';

const window = (from: number, to: number, reason = 'holidays') => ({ from, to, reason });
const freeze: Freeze = { windows: [window(10, 20), window(20, 30, 'inventory'), window(50, 60)], knownUntil: 100 };
const lifted = (until: number) => ({ by: 'dana', at: 0, until, reason: 'it is urgent' });

describe('a freeze', () => {
  it.each([
    ['before it', 9, null, null],
    ['as it begins', 10, null, { reason: 'holidays', until: 30 }],
    ['where the next one follows', 20, null, { reason: 'inventory', until: 30 }],
    ['as it ends', 30, null, null],
    ['in a later one', 55, null, { reason: 'holidays', until: 60 }],
    ['that somebody has lifted', 15, lifted(16), null],
    ['that was lifted until now', 16, lifted(16), { reason: 'holidays', until: 30 }],
    ['where nobody knows any more', 100, null, { reason: expect.any(String) as string, until: null }],
    ['where nobody knows any more, lifted', 100, lifted(101), null],
  ])('%s', (_, at, unfrozen, frozen) => {
    expect(frozenAt(freeze, unfrozen, at)).toEqual(frozen);
  });

  it('that ends where nobody knows what follows has no end that could be told', () => {
    expect(frozenAt({ ...freeze, knownUntil: 60 }, null, 55)).toEqual({ reason: 'holidays', until: null });
  });

  it('is none where none is configured', () => {
    expect(frozenAt(noFreeze, null, Date.now())).toBeNull();
  });
});
