import type { Check, Finding } from '@sluice/core';
import { counted, fail, pass } from './outcome';

export interface LogsSubject {
  lines: readonly string[];
  /** What nobody may read is hidden in the lines that are shown, not in those that are searched. */
  mask?: (line: string) => string;
}

const shown = 10;

/** Passes when no line matches `pattern`, a regular expression that takes upper and lower case alike. */
export const logsCheck = (pattern: string): Check<LogsSubject> => ({
  name: 'logs',
  tool: 'sluice',
  version: '1', // of these rules
  timeLimit: 30_000,
  async run({ lines, mask = (line) => line }) {
    const wanted = new RegExp(pattern, 'i');
    const matching = lines.flatMap((line, at) => (wanted.test(line) ? [{ line, at }] : []));
    const figures = { lines: lines.length, errors: matching.length };
    if (matching.length) {
      const findings = matching
        .slice(0, shown)
        .map(({ line, at }): Finding => ({ severity: 'high', message: mask(line).slice(0, 500), line: at + 1 }));
      const first = findings[0]?.message ?? '';
      return fail(
        `${counted(matching.length, 'line')} of the log match /${pattern}/, first: ${first}`,
        findings,
        figures,
      );
    }
    if (lines.length === 0) return pass('the log is empty: nothing was written', figures);
    return pass(`no error in ${counted(lines.length, 'line')} of the log`, figures);
  },
});
