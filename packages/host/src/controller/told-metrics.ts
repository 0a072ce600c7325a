import { type CustomFigures, type Interval, type SlotFigures } from '@sluice/core';
import type { Bucket } from '../router/bucket';
import { mergeTold, toldLayout, type Told } from '../router/told';

/** What the answers told in these buckets, by metric; left out where that is nothing. */
export function toldIn(buckets: readonly Bucket[]): Pick<Interval, 'metrics'> {
  const shares = new Map<string, { slot: SlotFigures['slot']; release: string; told: Told[] }>();
  for (const { slot, release, told = [] } of buckets.flatMap(({ slots }) => slots)) {
    const key = `${slot}/${release}`;
    const share = shares.get(key) ?? { slot, release, told: [] };
    shares.set(key, { ...share, told: mergeTold([...share.told, ...told]) });
  }
  const metrics = new Map<string, CustomFigures>();
  for (const { slot, release, told } of shares.values())
    for (const one of told) metrics.set(one.name, withShare(metrics.get(one.name), { slot, release }, one));
  return metrics.size > 0 ? { metrics: Object.fromEntries(metrics) } : {};
}

type Share = Pick<SlotFigures, 'slot' | 'release'>;

function withShare(figures: CustomFigures | undefined, share: Share, told: Told): CustomFigures {
  switch (told.kind) {
    case 'ratio': {
      const slots = figures?.kind === 'ratio' ? figures.slots : [];
      return { kind: 'ratio', slots: [...slots, { ...share, hits: told.hits, of: told.of }] };
    }
    case 'histogram': {
      const slots = figures?.kind === 'histogram' ? figures.slots : [];
      return { kind: 'histogram', layout: toldLayout, slots: [...slots, { ...share, values: told.values }] };
    }
    case 'gauge': {
      const slots = figures?.kind === 'gauge' ? figures.slots : [];
      return { kind: 'gauge', slots: [...slots, { ...share, sum: told.sum, count: told.count }] };
    }
  }
}
