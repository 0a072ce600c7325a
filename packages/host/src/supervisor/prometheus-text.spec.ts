import { sumOfMetric } from './prometheus-text';

const sumOf = (...lines: string[]) => sumOfMetric(lines.join('\n'), 'db_open');

describe('sumOfMetric', () => {
  it.each<[string, string[], number | null]>([
    ['reads a bare sample', ['db_open 7'], 7],
    ['reads past HELP and TYPE', ['# HELP db_open Open db_open 9', '# TYPE db_open gauge', 'db_open 7', ''], 7],
    ['adds up label sets', ['db_open{pool="a"} 3', 'db_open{pool="b"} 4'], 7],
    ['takes labels that hold braces, quotes and spaces', ['db_open{pool="a } \\" 9 \\\\",x="{"} 3'], 3],
    ['takes empty and trailing labels', ['db_open{} 3', 'db_open{a="b",} 4'], 7],
    ['reads exponents', ['db_open 1.5e+02'], 150],
    ['reads a fraction without a leading digit', ['db_open .5'], 0.5],
    ['reads past a timestamp', ['db_open 3 1700000000000'], 3],
    ['reads past an exemplar', ['db_open{a="b"} 3 1700000000.5 # {trace="x"} 0.5', '# EOF'], 3],
    ['takes tabs and carriage returns', ['db_open\t3\r'], 3],
    ['knows a true zero', ['db_open 0'], 0],
    ['does not take a longer name', ['db_open_max 9'], null],
    ['does not take the name inside a label', ['other{name="db_open 9"} 1'], null],
    ['knows nothing of what is absent', ['other 1'], null],
    ['knows nothing from an empty text', [''], null],
    ['knows nothing where a sample is not a number', ['db_open{pool="a"} 3', 'db_open{pool="b"} NaN'], null],
    ['knows nothing where a sample is infinite', ['db_open +Inf'], null],
    ['knows nothing where a sample is malformed', ['db_open 3', 'db_open{pool="a" 4'], null],
    ['does not take hexadecimal or words for numbers', ['db_open 0x10'], null],
  ])('%s', (_, lines, sum) => {
    expect(sumOf(...lines)).toBe(sum);
  });
});
