import type { Interval } from '../analysis/figures';
import { strayEdge } from '../analysis/layout';
import { sluiceError } from '../errors';
import { formatInstant } from '../instant';
import { readCsv } from './record-csv';
import { readJson } from './record-json';

/**
 * Recorded intervals, as JSON or as CSV by the name of the file, in their order, each once. Counts may be such as can't be: the
 * judge leaves those out and says so. Throws `RECORD_INVALID`.
 */
export function readRecord(text: string, file: string): Interval[] {
  const refuse = (problem: string): never => {
    throw sluiceError('RECORD_INVALID', { file, problem });
  };
  const intervals = file.endsWith('.json') ? readJson(text, refuse) : readCsv(text, refuse);
  if (intervals.length === 0) refuse('it has no intervals');
  const sorted = intervals.sort((a, b) => a.from - b.from || a.to - b.to);
  const problem = sorted.flatMap((interval, at) => problemOf(interval, sorted[at - 1]) ?? [])[0];
  return problem === undefined ? sorted : refuse(problem);
}

function problemOf({ from, to, slots, layout }: Interval, before: Interval | undefined): string | null {
  const when = `the interval from ${formatInstant(from)} to ${formatInstant(to)}`;
  if (before?.from === from && before.to === to) return `${when} is there twice`;
  const names = slots.map(({ slot }) => slot);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) return `${when} has two lines of ${twice}`;
  if ('edges' in layout && layout.edges.some((edge, at) => edge <= (layout.edges[at - 1] ?? 0)))
    return 'its edges do not rise';
  for (const { slot, latency } of slots) {
    const stray = strayEdge(layout, latency);
    if (stray !== null) return `${when} has a bucket of ${slot} that ends at ${stray}, which is none of its edges`;
  }
  return null;
}
