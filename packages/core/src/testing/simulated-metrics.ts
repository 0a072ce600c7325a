import { joinMetrics, type CustomFigures } from '../analysis/custom-figures';
import type { Instant, Interval, SlotFigures } from '../analysis/figures';
import { countOf, mergeHistograms } from '../analysis/histogram';
import type { InstanceCell } from '../analysis/sequential/history';
import type { MetricKind } from '../config/schema';
import type { MetricSource } from '../ports';
import { latencyLayout } from './latencies';
import type { RouteInForce } from './simulated-router';

/** What the metric source looks at: routes over time, and what a slot does with requests. */
export interface Observed {
  now(): Instant;
  history(project: string, environment: string): readonly RouteInForce[];
  /** The figures of one slot between two times in which nothing but chance changes. */
  serve(part: Part): SlotFigures;
  /** What its answers, so many, told of themselves. */
  tell(part: Part, wanted: Readonly<Record<string, MetricKind>>, requests: number): Record<string, CustomFigures>;
}

export interface Part {
  project: string;
  environment: string;
  slot: RouteInForce['route']['slots'][number];
  from: Instant;
  to: Instant;
}

export interface SimulatedMetrics extends MetricSource {
  /** While it is set, every call fails with it. */
  outage: Error | null;
  /** Milliseconds by which figures come late. */
  lag: number;
  /** What it tells instead of what it counted. */
  distort: ((interval: Interval) => Interval) | null;
  /** What instances of the stable slot answered before; nothing was kept where it is empty. */
  past: InstanceCell[];
}

/**
 * Figures in cells, as a router closes its buckets: a cell ends after `cell` ms and where the split changes, and its
 * figures depend on nothing but the world and the cell. So it does not matter how the time is cut into intervals.
 */
export function simulatedMetrics(world: Observed, cell: number): SimulatedMetrics {
  const source: SimulatedMetrics = {
    outage: null,
    lag: 0,
    distort: null,
    past: [],
    async history(_, signal) {
      signal.throwIfAborted();
      if (source.outage) throw source.outage;
      return source.past;
    },
    async measure({ project, environment, from, to }, signal) {
      signal.throwIfAborted();
      if (source.outage) throw source.outage;
      const history = world.history(project, environment);
      let index = history.length - 1;
      while (index >= 0 && (history[index]?.at ?? 0) > from) index -= 1;
      const inForce = history[index];
      const closed = Math.min(to, world.now() - source.lag);
      const changed = history[index + 1]?.at ?? Infinity;
      const end = Math.min(closed, changed);
      if (!inForce) return { from, to: Math.max(from, end), slots: [], layout: latencyLayout };

      const start = inForce.at + Math.ceil((from - inForce.at) / cell) * cell;
      let until = from;
      const { metrics: wanted = {} } = inForce.route;
      const slots: SlotFigures[] = [];
      const told: Record<string, CustomFigures>[] = [];
      for (let at = start; at < changed; at = until) {
        const next = Math.min(at + cell, changed);
        if (next > closed) break;
        for (const slot of inForce.route.slots) {
          const part = { project, environment, slot, from: at, to: next };
          const figures = world.serve(part);
          slots.push(figures);
          told.push(world.tell(part, wanted, countOf(figures.latency)));
        }
        until = next;
      }
      const metrics = joinMetrics(told);
      const counted = { from, to: until, slots: bySlot(slots), layout: latencyLayout };
      const interval = Object.keys(metrics).length > 0 ? { ...counted, metrics } : counted;
      return source.distort ? source.distort(interval) : interval;
    },
  };
  return source;
}

function bySlot(figures: readonly SlotFigures[]): SlotFigures[] {
  const groups = new Map<string, SlotFigures[]>();
  for (const one of figures) {
    if (one.requests === 0) continue;
    const key = `${one.slot}/${one.release}`;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const sum = (pick: (one: SlotFigures) => number) => group.reduce((total, one) => total + pick(one), 0);
    return {
      ...first,
      requests: sum((one) => one.requests),
      errors: sum((one) => one.errors),
      synthetic: sum((one) => one.synthetic),
      latency: mergeHistograms(group.map((one) => one.latency)),
    };
  });
}
