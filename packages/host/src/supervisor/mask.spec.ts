import { maskOf } from './mask';

describe('a mask', () => {
  it.each([
    ['hides a value wherever it is', ['hunter2'], 'hunter2 is not "hunter2"', '*** is not "***"'],
    ['hides the longer one of two values whole', ['pass', 'password'], 'password', '***'],
    ['hides every line of a value', ['BEGIN\nMIIEow\nEND'], 'key: MIIEow', 'key: ***'],
    ['does not read a value as a pattern', ['a.c$d'], 'abc$d a.c$d', 'abc$d ***'],
    ['leaves what is too short to hide', ['on', ''], 'turned on', 'turned on'],
  ])('%s', (_, values, text, masked) => {
    expect(maskOf(values)(text)).toBe(masked);
  });
});
