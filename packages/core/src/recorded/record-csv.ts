import { joinMetrics } from '../analysis/custom-figures';
import type { Interval, Slot, SlotFigures } from '../analysis/figures';
import { parseInstant } from '../instant';
import { bucketsUpTo } from './csv-buckets';
import { metricsOf, toldBy, type MetricColumns } from './csv-metrics';

const required = ['from', 'to', 'slot', 'requests', 'errors'] as const;
const slots: readonly Slot[] = ['stable', 'canary', 'baseline'];

interface Bucket {
  column: string;
  edge: number;
}

/**
 * One line for each slot of an interval. Columns `le_<ms>`, ascending, count the requests that took no longer, as those of
 * Prometheus do, columns `m_<name>_...` are metrics of a service's own; `refuse` throws.
 */
export function readCsv(text: string, refuse: (problem: string) => never): Interval[] {
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const names = cellsOf(head);
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) refuse(`its first line has no column ${missing.join(', ')}`);
  const buckets = names.flatMap(bucketOf).sort((a, b) => a.edge - b.edge);
  const metrics = metricsOf(names, refuse);
  const known = [
    ...[...required, 'synthetic', ...buckets.map(({ column }) => column)],
    ...metrics.flatMap(({ columns }) => columns),
  ];
  const odd = names.find((name) => !known.includes(name));
  if (odd !== undefined) refuse(`the column "${odd}" means nothing here`);
  const edges = buckets.map(({ edge }) => edge).filter(Number.isFinite);

  const intervals = new Map<string, Interval>();
  for (const [index, line] of lines.entries()) {
    const where = `line ${index + 2}`;
    const cells = cellsOf(line);
    if (cells.length !== names.length) refuse(`${where} has ${cells.length} cells, not ${names.length}`);
    const row = new Map(names.map((name, at) => [name, cells[at] ?? '']));
    const { from, to, figures, told } = readRow(row, buckets, metrics, (problem) => refuse(`${where} ${problem}`));
    const interval = intervals.get(`${from}/${to}`) ?? { from, to, slots: [], layout: { edges } };
    intervals.set(`${from}/${to}`, {
      ...{ ...interval, slots: [...interval.slots, figures] },
      ...(told.length > 0 && { metrics: joinMetrics([interval.metrics ?? {}, ...told]) }),
    });
  }
  return [...intervals.values()];
}

function readRow(
  row: ReadonlyMap<string, string>,
  buckets: readonly Bucket[],
  metrics: readonly MetricColumns[],
  refuse: (problem: string) => never,
) {
  const number = (name: string): number => {
    const text = row.get(name) ?? '';
    return isNumber(text) ? Number(text) : refuse(`has "${text}" for a number in "${name}"`);
  };
  const time = (name: string): number => {
    const text = row.get(name) ?? '';
    return parseInstant(text) ?? refuse(`has "${text}" for a time in "${name}"`);
  };
  const slot = slots.find((name) => name === row.get('slot'));
  if (!slot) return refuse(`is of the slot "${row.get('slot')}", not of ${slots.join(', ')}`);
  const latency = bucketsUpTo(
    buckets.map(({ edge }) => edge),
    buckets.map(({ column }) => number(column)),
  );
  // a metric was not told where all of its cells are empty
  const told = metrics
    .filter(({ columns }) => columns.some((column) => row.get(column) !== ''))
    .map((metric) => toldBy(metric, slot, metric.columns.map(number)));
  const figures: SlotFigures = {
    ...{ slot, release: slot, latency, requests: number('requests'), errors: number('errors') },
    synthetic: row.has('synthetic') ? number('synthetic') : 0,
  };
  return { from: time('from'), to: time('to'), figures, told };
}

function bucketOf(column: string): Bucket[] {
  const text = /^le_(\d+(?:\.\d+)?|inf)$/.exec(column)?.[1];
  return text === undefined ? [] : [{ column, edge: text === 'inf' ? Infinity : Number(text) }];
}

const cellsOf = (line: string): string[] => line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text);
