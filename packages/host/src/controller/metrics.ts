import { mergeHistograms, type Instant, type Interval, type MetricSource, type SlotFigures } from '@sluice/core';
import type { Bucket } from '../router/bucket';
import type { RouterClient } from '../router/client';
import { historyFolder } from '../router/history-file';
import { defaultLimits } from '../router/limits';
import { latencyLayout } from '../router/tally';
import { readHistory } from './history';
import { toldIn } from './told-metrics';

/**
 * The figures of the embedded router: its buckets of a second or less, merged into one interval of one split, and what it
 * has written down.
 * @param dir the router's folder
 * @param minute how long the router takes a minute for, in ms
 */
export function createMetricSource(router: RouterClient, dir: string, minute = defaultLimits.minute): MetricSource {
  return {
    async measure({ project, environment, from, to }, signal) {
      const { buckets } = await router.figures(project, environment, { from, to }, signal);
      const ofOneSplit = beforeChange(buckets);
      const figures = { slots: mergeBuckets(ofOneSplit), layout: latencyLayout, ...toldIn(ofOneSplit) };
      return { from, to: ofOneSplit.at(-1)?.to ?? from, ...figures };
    },
    history: ({ until, ...place }, signal) => readHistory(historyFolder(dir, place), { until, length: minute }, signal),
  };
}

/** All that is closed of an interval, over every change of the split in it. */
export async function measureAll(
  metrics: MetricSource,
  query: { project: string; environment: string; from: Instant; to: Instant },
  signal: AbortSignal,
): Promise<Interval> {
  const parts: Interval[] = [];
  for (let from = query.from; ;) {
    const part = await metrics.measure({ ...query, from }, signal);
    if (part.to <= from)
      return {
        from: query.from,
        to: from,
        slots: mergeFigures(parts.flatMap(({ slots }) => slots)),
        layout: latencyLayout,
      };
    parts.push(part);
    from = part.to;
  }
}

export const mergeBuckets = (buckets: readonly Bucket[]): SlotFigures[] =>
  mergeFigures(
    buckets.flatMap(({ slots }) =>
      slots.map(({ slot, release, requests, errors, synthetic, latency }) => {
        return { slot, release, requests, errors, synthetic: synthetic.requests, latency };
      }),
    ),
  );

/** The buckets of the split that the first one is of. */
function beforeChange(buckets: readonly Bucket[]): readonly Bucket[] {
  const [first] = buckets;
  const change = buckets.findIndex(
    ({ generation, sequence }) => generation !== first?.generation || sequence !== first.sequence,
  );
  return change < 0 ? buckets : buckets.slice(0, change);
}

function mergeFigures(figures: readonly SlotFigures[]): SlotFigures[] {
  const merged = new Map<string, SlotFigures>();
  for (const { slot, release, requests, errors, synthetic, latency } of figures) {
    const key = `${slot}/${release}`;
    const sum = merged.get(key) ?? { slot, release, requests: 0, errors: 0, synthetic: 0, latency: [] };
    merged.set(key, {
      slot,
      release,
      requests: sum.requests + requests,
      errors: sum.errors + errors,
      synthetic: sum.synthetic + synthetic,
      latency: mergeHistograms([sum.latency, latency]),
    });
  }
  return [...merged.values()];
}
