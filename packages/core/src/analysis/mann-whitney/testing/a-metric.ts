import { kayentaCertainty, kayentaRule, noEffect, type EffectSize, type Metric } from '../metric';

type Over = Partial<Omit<Metric, 'effectSize'>> & { effectSize?: Partial<EffectSize> };

/** A metric in the group `all`, by Kayenta's defaults. */
export function aMetric(
  canary: readonly number[],
  baseline: readonly number[],
  { effectSize = {}, ...over }: Over = {},
): Metric {
  return {
    ...kayentaRule,
    ...kayentaCertainty,
    ...{ name: 'error rate', unit: 'points', groups: ['all'], values: { canary, baseline } },
    ...over,
    effectSize: { ...noEffect(effectSize.measure ?? 'meanRatio'), ...effectSize },
  };
}
