import { formatInstant, isoInstant } from './instant';

describe('an instant', () => {
  const at = Date.UTC(2026, 10, 23, 13, 44, 49);

  it('is shown to people in UTC, to the second', () => {
    expect(formatInstant(at)).toBe('2026-11-23 13:44:49 UTC');
    expect(formatInstant(at + 999)).toBe('2026-11-23 13:44:49 UTC');
  });

  it('is written as ISO 8601 for machines', () => {
    expect(isoInstant(at)).toBe('2026-11-23T13:44:49Z');
    expect(Date.parse(isoInstant(at))).toBe(at);
  });
});
