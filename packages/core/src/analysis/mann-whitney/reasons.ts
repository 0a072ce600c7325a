import type { EffectSize, Metric, Shift } from './metric';

/** What a metric's difference is, for a person on call. */
export interface Difference {
  shift: Shift;
  effect: number | null;
}

/** `canary higher, by 0.9 points (98 % interval 0.4 to 1.4)` */
function shiftInWords({ unit, confidence }: Metric, { estimate, from, to }: Shift): string {
  const which = estimate < 0 ? 'lower' : 'higher';
  const by = estimate === 0 ? 'no shift' : `canary ${which}, by ${inUnit(Math.abs(estimate), unit)}`;
  const [near, far] = estimate < 0 ? [-to, -from] : [from, to];
  return `${by} (${number(confidence * 100)} % interval ${number(near)} to ${number(far)})`;
}

export function harmReason(metric: Metric, { shift, effect }: Difference, isCritical: boolean): string {
  const size = effect === null ? '' : `: ${effectInWords(metric.effectSize.measure, effect)}`;
  const critical = isCritical ? '; it is critical' : '';
  return `${shiftInWords(metric, shift)}, more than is tolerated${size}${critical}`;
}

/** Why a metric passes that was compared. `isClear`: the shift itself is more than is tolerated. */
export function passReason(metric: Metric, { shift, effect }: Difference, isClear: boolean): string {
  const { effectSize, direction } = metric;
  const words = shiftInWords(metric, shift);
  if (!isClear) return `${words}, within what is tolerated`;
  const rises = shift.estimate > 0;
  if (direction === (rises ? 'decrease' : 'increase')) return `${words}, which is no harm`;
  const allowed = rises ? effectSize.allowedIncrease : effectSize.allowedDecrease;
  if (effect === null) return `${words}, within what is tolerated`;
  const size = effectInWords(effectSize.measure, effect);
  return `${words}, but not enough of it: ${size}, harm begins at ${number(allowed)}`;
}

const effectInWords = (measure: EffectSize['measure'], effect: number): string =>
  measure === 'cles'
    ? `a point of it is above the baseline's with a chance of ${number(effect)}`
    : `its mean is ${number(effect)} times the baseline's`;

const inUnit = (amount: number, unit: string): string => `${number(amount)}${unit && ` ${unit}`}`;

/** Three digits that count: `0.9`, `12.3`, `1235`. */
export const number = (amount: number): string =>
  String(Math.abs(amount) < 100 ? Number(amount.toPrecision(3)) : Math.round(amount));
