import { formatSize, parseSize } from './size';

describe('a size', () => {
  it.each([
    ['1KB', 1024],
    ['512MB', 512 * 1024 * 1024],
    ['1.5GB', 1.5 * 1024 ** 3],
  ])('is read and written: %s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
    expect(formatSize(bytes)).toBe(text);
  });

  it.each(['', '512', '512 MB', '512mb', 'MB', '-1MB', '1TB', '1MB2KB'])('is not: "%s"', (text) => {
    expect(parseSize(text)).toBeNull();
  });

  it('is rounded for people', () => {
    expect(formatSize(600_000_000)).toBe('572.2MB');
    expect(formatSize(100)).toBe('0.1KB');
  });
});
