import { mergeHistograms, type MetricSource, type SlotFigures } from '@sluice/core';
import type { Bucket } from '../router/bucket';
import type { RouterClient } from '../router/client';

/** The figures of the embedded router: its buckets of a second or less, merged into one interval. */
export function createMetricSource(router: RouterClient): MetricSource {
  return {
    async measure({ project, environment, from, to }, signal) {
      const { buckets } = await router.figures(project, environment, { from, to }, signal);
      return { from, to: buckets.at(-1)?.to ?? from, slots: mergeBuckets(buckets) };
    },
  };
}

export function mergeBuckets(buckets: readonly Bucket[]): SlotFigures[] {
  const merged = new Map<string, SlotFigures>();
  for (const { slots } of buckets) {
    for (const { slot, release, requests, errors, synthetic, latency } of slots) {
      const key = `${slot}/${release}`;
      const sum = merged.get(key) ?? { slot, release, requests: 0, errors: 0, synthetic: 0, latency: [] };
      merged.set(key, {
        slot,
        release,
        requests: sum.requests + requests,
        errors: sum.errors + errors,
        synthetic: sum.synthetic + synthetic.requests,
        latency: mergeHistograms([sum.latency, latency]),
      });
    }
  }
  return [...merged.values()];
}
