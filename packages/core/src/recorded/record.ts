import type { Interval } from '../analysis/figures';
import { sluiceError } from '../errors';
import { readCsv } from './record-csv';
import { readJson } from './record-json';

/** Recorded intervals, as JSON or as CSV by the name of the file, in their order. Throws `RECORD_INVALID`. */
export function readRecord(text: string, file: string): Interval[] {
  const refuse = (problem: string): never => {
    throw sluiceError('RECORD_INVALID', { file, problem });
  };
  const intervals = file.endsWith('.json') ? readJson(text, refuse) : readCsv(text, refuse);
  if (intervals.length === 0) refuse('it has no intervals');
  return intervals.sort((a, b) => a.from - b.from);
}
