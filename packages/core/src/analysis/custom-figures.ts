import type { ReleaseId } from '../release';
import type { Slot } from './figures';
import type { Histogram } from './histogram';
import type { Layout } from './layout';

/** Whose figures they are. */
interface Whose {
  slot: Slot;
  release: ReleaseId;
}

/** How many of how many. */
export interface RatioFigures extends Whose {
  hits: number;
  of: number;
}

/** Amounts, `[upper edge, count]`. */
export interface HistogramFigures extends Whose {
  values: Histogram;
}

/** What was read `count` times: the mean is `sum / count`. */
export interface GaugeFigures extends Whose {
  sum: number;
  count: number;
}

/**
 * One metric that a service tells of itself, in one interval: by slot and release, in one part or in several that add up, those that
 * told nothing left out. `layout`: where the buckets of its histograms end.
 */
export type CustomFigures =
  | { kind: 'ratio'; slots: RatioFigures[] }
  | { kind: 'histogram'; slots: HistogramFigures[]; layout: Layout }
  | { kind: 'gauge'; slots: GaugeFigures[] };

/** Several parts of an interval as one. Of a metric that is of two kinds in them, which is not to be, the first one counts. */
export function joinMetrics(parts: readonly Record<string, CustomFigures>[]): Record<string, CustomFigures> {
  const joined = new Map<string, CustomFigures>();
  for (const [name, figures] of parts.flatMap((part) => Object.entries(part))) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? figures : join(before, figures));
  }
  return Object.fromEntries(joined);
}

/** Without what a slot told. */
export function metricsWithout(metrics: Record<string, CustomFigures>, slot: Slot): Record<string, CustomFigures> {
  const isOther = (whose: Whose) => whose.slot !== slot;
  const left = Object.entries(metrics).map(([name, figures]): [string, CustomFigures] => {
    switch (figures.kind) {
      case 'ratio':
        return [name, { ...figures, slots: figures.slots.filter(isOther) }];
      case 'histogram':
        return [name, { ...figures, slots: figures.slots.filter(isOther) }];
      case 'gauge':
        return [name, { ...figures, slots: figures.slots.filter(isOther) }];
    }
  });
  return Object.fromEntries(left);
}

function join(one: CustomFigures, other: CustomFigures): CustomFigures {
  if (one.kind === 'ratio' && other.kind === 'ratio') return { ...one, slots: [...one.slots, ...other.slots] };
  if (one.kind === 'histogram' && other.kind === 'histogram') return { ...one, slots: [...one.slots, ...other.slots] };
  if (one.kind === 'gauge' && other.kind === 'gauge') return { ...one, slots: [...one.slots, ...other.slots] };
  return one;
}

/** Why figures of metrics can't be true; `null` where they can. */
export function oddityOfMetrics(metrics: Readonly<Record<string, CustomFigures>> = {}): string | null {
  for (const [name, figures] of Object.entries(metrics)) {
    const oddity = oddityOf(figures);
    if (oddity) return `custom metric ${name} ${oddity}`;
  }
  return null;
}

function oddityOf(figures: CustomFigures): string | null {
  switch (figures.kind) {
    case 'ratio':
      if (!figures.slots.every(({ hits, of }) => isCount(hits) && isCount(of))) return notWhole;
      return figures.slots.every(({ hits, of }) => hits <= of) ? null : 'has more hits than there is to hit';
    case 'histogram':
      if (!figures.slots.every(({ values }) => values.every(([, count]) => isCount(count)))) return notWhole;
      return figures.slots.every(({ values }) => rises(values)) ? null : 'has a histogram whose edges do not rise';
    case 'gauge':
      if (!figures.slots.every(({ count }) => isCount(count))) return notWhole;
      return figures.slots.every(({ sum }) => sum >= 0 && sum < Infinity) ? null : 'has amounts that are no amounts';
  }
}

const notWhole = 'has counts that are no whole numbers';
const isCount = (count: number): boolean => Number.isSafeInteger(count) && count >= 0;
const rises = (values: Histogram): boolean =>
  values.every(([edge], i) => edge > (values[i - 1]?.[0] ?? -1) && edge < Infinity);
