import { formatDuration } from '../config/duration';
import { formatInstant } from '../instant';
import { count, counted, percent, shortMs } from '../report/amounts';
import { alignColumns, wrap, type Column } from '../report/lines';
import { palette } from '../report/palette';
import type { Moment, Replayed } from './replay';

const mostRows = 30;
const columns: readonly Column[] = [
  ...['after', 'canary', 'errors', 'p95', 'baseline', 'errors', 'p95', 'against it', 'for it'].map((heading) => ({
    heading,
    align: 'right' as const,
  })),
];

/** The path of evidence and where it led, in 80 columns. `about`: how it was judged. */
export function replayTable({ verdict, at, reasons, path }: Replayed, about: string, colour: boolean): string {
  const paint = palette(colour);
  const every = Math.ceil(path.length / mostRows);
  const shown = path.filter((_, index) => index % every === 0 || index === path.length - 1);
  const start = path[0]?.from ?? at;
  const table = alignColumns(
    columns,
    shown.map((moment) => rowOf(moment, start)),
  );
  const tone = verdict === 'promote' ? paint.good : verdict === 'abort' ? paint.bad : paint.warn;
  const said = `${verdict} after ${formatDuration(at - start)}: ${reasons.join('; ')}`;
  return [
    ...wrap(`${counted(path.length, 'interval')} from ${formatInstant(start)}, judged by ${about}`),
    '',
    table.heading,
    ...table.rows,
    '',
    ...wrap(said).map(tone),
  ].join('\n');
}

const rowOf = ({ to, canary, baseline, against, forIt }: Moment, start: number): string[] => [
  formatDuration(to - start),
  ...[canary, baseline].flatMap(({ requests, errorRate, p95 }) => [count(requests), percent(errorRate), shortMs(p95)]),
  against,
  forIt,
];
