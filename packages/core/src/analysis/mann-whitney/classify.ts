import { effectOf } from './effect-size';
import { spreadOut } from './jitter';
import type { Metric, MetricVerdict, Shift } from './metric';
import { harmReason, passReason } from './reasons';
import { areSame, isConstant, samplesOf, type Samples } from './samples';
import { canDiffer, shiftBetween } from './shift';

/** Whether a metric of the canary is as the baseline's, or higher or lower than is tolerated. */
export function classify(metric: Metric): MetricVerdict {
  const samples = samplesOf(metric);
  const { canary, baseline } = samples;
  const verdict = (parts: Partial<MetricVerdict> & Pick<MetricVerdict, 'classification' | 'counts' | 'reason'>) => ({
    ...{ name: metric.name, groups: metric.groups, isCritical: false, shift: null, effect: null },
    points: { canary: canary.length, baseline: baseline.length },
    ...parts,
    reason: `${metric.name}: ${parts.reason}`,
  });
  const doubt = (reason: string, counts: 'for' | 'not') => verdict({ classification: 'inconclusive', counts, reason });

  if (canary.length === 0 || baseline.length === 0) {
    const reason = `no data of ${emptyArms(samples)}`;
    if (metric.nanStrategy === 'replace') return doubt(reason, 'for');
    const counts = metric.mustHaveData && !metric.critical ? 'against' : 'not';
    return verdict({ classification: 'nodata', counts, reason, isCritical: metric.critical });
  }
  if (![...canary, ...baseline].every(Number.isFinite)) return doubt('has points that are infinite', 'for');

  const enough = canDiffer(canary.length, baseline.length, metric.confidence);
  const tooFew = `too few points to pass: ${canary.length} of the canary, ${baseline.length} of the baseline`;
  if (areSame(samples) || isConstant([...canary, ...baseline].sort((a, b) => a - b)))
    return enough ? verdict({ classification: 'pass', counts: 'for', reason: 'no difference' }) : doubt(tooFew, 'for');

  const shift = shiftOf(samples, metric.confidence);
  if (!shift) return doubt('no two points of an arm differ, so that nothing can be compared', 'not');
  const effect = effectOf(metric.effectSize.measure, canary, baseline);
  const harm = harmOf(metric, shift, effect);
  if (harm) {
    const isCritical = metric.critical && harm.isCritical;
    const reason = harmReason(metric, { shift, effect }, isCritical);
    return verdict({ classification: harm.side, counts: 'against', isCritical, shift, effect, reason });
  }
  if (!enough) return { ...doubt(tooFew, 'for'), shift, effect };
  const reason = passReason(metric, { shift, effect }, sideOf(shift, metric.tolerance) !== null);
  return verdict({ classification: 'pass', counts: 'for', shift, effect, reason });
}

function shiftOf(samples: Samples, confidence: number): Shift | null {
  const { canary, baseline } = samples;
  const shift =
    isConstant(canary) && isConstant(baseline)
      ? shiftBetween(spreadOut(canary), spreadOut(baseline), confidence)
      : shiftBetween(canary, baseline, confidence);
  return shift && Object.values(shift).every(Number.isFinite) ? shift : null;
}

/** On which side all of the interval is, further out than a part of the estimate. */
function sideOf({ from, to, estimate }: Shift, tolerance: number): 'high' | 'low' | null {
  const tolerated = tolerance * Math.abs(estimate);
  if (from > tolerated) return 'high';
  return to < -tolerated ? 'low' : null;
}

/** An effect that can't be told keeps nothing from being harm. */
function harmOf({ effectSize, direction, tolerance }: Metric, shift: Shift, effect: number | null) {
  const side = sideOf(shift, tolerance);
  if (side === 'high' && direction !== 'decrease' && (effect ?? Infinity) >= effectSize.allowedIncrease)
    return { side, isCritical: (effect ?? Infinity) >= effectSize.criticalIncrease };
  if (side === 'low' && direction !== 'increase' && (effect ?? -Infinity) <= effectSize.allowedDecrease)
    return { side, isCritical: (effect ?? -Infinity) <= effectSize.criticalDecrease };
  return null;
}

function emptyArms({ canary, baseline }: Samples): string {
  if (canary.length > 0) return 'the baseline';
  return baseline.length > 0 ? 'the canary' : 'canary and baseline';
}
