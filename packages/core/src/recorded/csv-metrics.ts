import type { CustomFigures } from '../analysis/custom-figures';
import type { Slot } from '../analysis/figures';
import { bucketsUpTo } from './csv-buckets';

/** A metric of a service's own, by its columns: `m_<name>_hits` and `_count`, `_sum` and `_count`, or `_le_<amount>`. */
export interface MetricColumns {
  name: string;
  kind: CustomFigures['kind'];
  columns: string[];
  /** Of a histogram, ascending, in the order of its columns; the last may be endless. */
  edges: number[];
}

const pattern = /^m_([a-z][a-z0-9_-]*)_(hits|sum|count|le_(\d+(?:\.\d+)?|inf))$/;

/** The metrics of a first line; `refuse` throws. */
export function metricsOf(names: readonly string[], refuse: (problem: string) => never): MetricColumns[] {
  const parts = names.flatMap((column) => {
    const [, name, part = '', edge] = pattern.exec(column) ?? [];
    return name === undefined ? [] : [{ column, name, part, edge: edge === 'inf' ? Infinity : Number(edge) }];
  });
  return [...new Set(parts.map(({ name }) => name))].map((name) => {
    const own = parts.filter((part) => part.name === name);
    const both = (first: string) => ({ name, columns: [`m_${name}_${first}`, `m_${name}_count`], edges: [] });
    const said = new Set(own.map(({ part }) => part));
    if (said.size === 2 && said.has('count') && said.has('hits')) return { kind: 'ratio', ...both('hits') };
    if (said.size === 2 && said.has('count') && said.has('sum')) return { kind: 'gauge', ...both('sum') };
    if (!own.every(({ edge }) => edge >= 0))
      return refuse(`the metric "${name}" has other columns than hits and count, sum and count, or le_<amount>`);
    const sorted = own.sort((a, b) => a.edge - b.edge);
    return {
      ...{ name, kind: 'histogram', columns: sorted.map(({ column }) => column) },
      edges: sorted.map(({ edge }) => edge),
    };
  });
}

/** What the numbers of a line say, which stand in the order of the columns. */
export function toldBy({ name, kind, edges }: MetricColumns, slot: Slot, numbers: readonly number[]) {
  const whose = { slot, release: slot };
  const [first = 0, second = 0] = numbers;
  const of: Record<CustomFigures['kind'], CustomFigures> = {
    ratio: { kind: 'ratio', slots: [{ ...whose, hits: first, of: second }] },
    gauge: { kind: 'gauge', slots: [{ ...whose, sum: first, count: second }] },
    histogram: {
      ...{ kind: 'histogram', layout: { edges: edges.filter(Number.isFinite) } },
      slots: [{ ...whose, values: bucketsUpTo(edges, numbers) }],
    },
  };
  return { [name]: of[kind] };
}
