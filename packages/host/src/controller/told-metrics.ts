import { joinMetrics, type CustomFigures, type Interval, type SlotFigures } from '@sluice/core';
import type { Bucket } from '../router/bucket';
import { mergeTold, toldLayout, type Told } from '../router/told';

type Whose = Pick<SlotFigures, 'slot' | 'release'>;

/** What the answers told in these buckets, by metric; left out where that is nothing. */
export function toldIn(buckets: readonly Bucket[]): Pick<Interval, 'metrics'> {
  const shares = new Map<string, { whose: Whose; told: Told[] }>();
  for (const { slot, release, told = [] } of buckets.flatMap(({ slots }) => slots)) {
    const key = `${slot}/${release}`;
    const share = shares.get(key) ?? { whose: { slot, release }, told: [] };
    share.told.push(...told);
    shares.set(key, share);
  }
  const metrics = joinMetrics(
    [...shares.values()].flatMap(({ whose, told }) =>
      mergeTold(told).map((one) => ({ [one.name]: figuresOf(whose, one) })),
    ),
  );
  return Object.keys(metrics).length > 0 ? { metrics } : {};
}

function figuresOf(whose: Whose, told: Told): CustomFigures {
  switch (told.kind) {
    case 'ratio':
      return { kind: told.kind, slots: [{ ...whose, hits: told.hits, of: told.of }] };
    case 'histogram':
      return { kind: told.kind, layout: toldLayout, slots: [{ ...whose, values: told.values }] };
    case 'gauge':
      return { kind: told.kind, slots: [{ ...whose, sum: told.sum, count: told.count }] };
  }
}
