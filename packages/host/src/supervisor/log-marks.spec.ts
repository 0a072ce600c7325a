import { addMark, offsetSince, type Mark } from './log-marks';

const marks: Mark[] = [
  { at: 1000, offset: 0 },
  { at: 2000, offset: 50 },
  { at: 3000, offset: 80 },
];

describe('offsetSince', () => {
  it.each([
    ['takes the last mark before the time', 2999, 50],
    ['takes a mark of that very time', 2000, 50],
    ['takes the newest mark for a later time', 9000, 80],
    ['takes everything for a time before the first mark', 500, -Infinity],
  ])('%s', (_, since, offset) => {
    expect(offsetSince(marks, since)).toBe(offset);
  });

  it('takes everything where there is no mark', () => {
    expect(offsetSince([], 9000)).toBe(-Infinity);
  });
});

describe('addMark', () => {
  it('keeps the older of two marks of one size', () => {
    expect(addMark(marks, { at: 4000, offset: 80 })).toEqual(marks);
  });

  it('begins anew when the file was truncated', () => {
    expect(addMark(marks, { at: 4000, offset: 10 })).toEqual([{ at: 4000, offset: 0 }]);
  });

  it('keeps all marks of the last minute, one of each minute before, and few in all', () => {
    const seconds = Array.from({ length: 3600 * 4 }, (_, i) => ({ at: i * 1000, offset: i }));
    const end = seconds.reduce<Mark[]>(addMark, []);
    expect(end).toHaveLength(120);
    expect(end.slice(-60)).toEqual(seconds.slice(-60));
    expect(end[0]?.at).toBe((240 - 61) * 60_000);
  });
});
