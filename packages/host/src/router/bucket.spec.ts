import fc from 'fast-check';
import { bucketsWithin, spanFrom, spansUntil } from './bucket';

describe('a span', () => {
  it.each([
    [2_000, 3_000],
    [2_001, 3_000],
    [2_999, 3_000],
  ])('from %d ends at %d', (from, to) => {
    expect(spanFrom(from, 1_000)).toEqual({ from, to });
  });
});

describe('the spans until now', () => {
  it('are none while the open one lasts', () => {
    expect(spansUntil({ from: 5, to: 1_000 }, 999, 1_000)).toEqual({ ended: [], open: { from: 5, to: 1_000 } });
  });

  it('follow each other without a gap, each within its slice, up to the one that is open', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), (from, passed) => {
        const now = from + passed;
        const { ended, open } = spansUntil(spanFrom(from, 1_000), now, 1_000);
        const all = [...ended, open];
        expect(all[0]?.from).toBe(from);
        all.slice(1).forEach((span, index) => expect(span.from).toBe(all[index]?.to));
        for (const span of all) expect(span.to - span.from).toBeLessThanOrEqual(1_000);
        for (const span of all) expect(span.to % 1_000).toBe(0);
        expect(open.from <= now && now < open.to).toBe(true);
      }),
    );
  });
});

describe('buckets within a time', () => {
  const bucket = (from: number, to: number) => ({ from, to, generation: 1, sequence: 1, slots: [] });
  it('lie in it as a whole', () => {
    const buckets = [bucket(0, 10), bucket(10, 20), bucket(20, 30), bucket(30, 40)];
    expect(bucketsWithin(buckets, 10, 39).map(({ from }) => from)).toEqual([10, 20]);
  });
});
