import { baselineOf } from '../../arms';
import type { CustomFigures } from '../../custom-figures';
import type { Instant, Interval, Slot } from '../../figures';
import { countOf } from '../../histogram';

/** When each arm last told something; `null`: never. */
export interface LastTold {
  canarySeen: Instant | null;
  baselineSeen: Instant | null;
}

/** The same after an interval in which this was told. */
export const lastTold = (
  { canarySeen, baselineSeen }: LastTold,
  figures: CustomFigures,
  interval: Interval,
): LastTold => ({
  canarySeen: hasTold(figures, 'canary') ? interval.to : canarySeen,
  baselineSeen: hasTold(figures, baselineOf(interval)) ? interval.to : baselineSeen,
});

function hasTold(figures: CustomFigures, slot: Slot): boolean {
  switch (figures.kind) {
    case 'ratio':
      return figures.slots.some((one) => one.slot === slot && one.of > 0);
    case 'histogram':
      return figures.slots.some((one) => one.slot === slot && countOf(one.values) > 0);
    case 'gauge':
      return figures.slots.some((one) => one.slot === slot && one.count > 0);
  }
}

/** The figures of the canary, and of what it is compared with. */
export function armsOfMetric<Figures extends { slot: Slot }>(slots: readonly Figures[], interval: Interval) {
  const of = (slot: Slot) => slots.filter((figures) => figures.slot === slot);
  return { canary: of('canary'), baseline: of(baselineOf(interval)) };
}

/** Whose figures of a metric are missing at `now`; `null` where both arms tell it. `limit` in ms. */
export function missingOf(name: string, { canarySeen, baselineSeen }: LastTold, now: Instant, limit: number) {
  const arms = [
    { arm: 'the canary', seen: canarySeen },
    { arm: 'the baseline', seen: baselineSeen },
  ];
  const never = arms.filter(({ seen }) => seen === null);
  const quiet = arms.filter(({ seen }) => seen !== null && now - seen > limit);
  const names = (missing: typeof arms) => missing.map(({ arm }) => arm).join(' and ');
  if (never.length > 0) return `custom metric ${name}: no data from ${names(never)}`;
  return quiet.length > 0 ? `custom metric ${name}: no data from ${names(quiet)} for too long` : null;
}
