import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes } from './exit-codes';

const docs = readFileSync(join(__dirname, '../../../../docs/operations.md'), 'utf8');
const rows = [...docs.matchAll(/^\| (\d) +\| (.*?) +\|$/gm)].map(([, code, means = '']) => ({
  code: Number(code),
  means: means.replaceAll('`', ''),
}));

describe('the exit codes in docs/operations.md', () => {
  it('are those that the bin ends with', () => {
    expect(rows).toEqual(Object.values(exitCodes));
  });

  it('are each of one meaning', () => {
    expect(new Set(rows.map(({ code }) => code)).size).toBe(rows.length);
  });
});
