import { comparisonOf } from '../../gates/compare';
import type { Comparison } from '../../gates/gate';
import { meanOf } from './effect-size';
import { judgeMetrics, type Judgement } from './judge-metrics';
import type { Metric, MetricVerdict } from './metric';
import { measures, valuesOf, type Measure, type Point } from './points';
import { samplesOf } from './samples';
import type { MannWhitneySettings } from './settings';

/** What a look at all points found. */
export interface Look {
  classification: Judgement['classification'];
  score: number;
  reasons: string[];
  comparisons: Comparison[];
}

/** Judges all points so far. */
export function lookAt(points: readonly Point[], settings: MannWhitneySettings): Look {
  const unused = unusedArms(points);
  if (unused.length > 0) {
    const reasons = [`no data: ${unused.join(' and ')} had no request`];
    return { classification: 'inconclusive', score: 0, reasons, comparisons: [] };
  }
  const metrics = metricsOf(points, settings);
  const { metrics: verdicts, ...judgement } = judgeMetrics(metrics, settings.weights, settings);
  const comparisons = metrics.map((metric, i) => compare(metric, verdicts[i]));
  // that data are missing is no reason to send a release back
  const isBlind = judgement.classification === 'fail' && !verdicts.some(isHarm);
  const classification = isBlind ? 'inconclusive' : judgement.classification;
  return { classification, score: judgement.score, reasons: judgement.reasons, comparisons };
}

/** Silence is no zero, whatever missing points are taken for. */
const unusedArms = (points: readonly Point[]): string[] =>
  ['the canary', 'the baseline'].filter((_, arm) =>
    points.every((point) => point[arm]?.every((value) => value === null)),
  );

const isHarm = ({ classification }: MetricVerdict): boolean => classification === 'high' || classification === 'low';

const names: Record<Measure, string> = {
  errors: 'error rate',
  p50: 'latency p50',
  p95: 'latency p95',
  p99: 'latency p99',
};

/** Each measure that has a rule, as a metric of all intervals. */
function metricsOf(points: readonly Point[], { metrics, confidence, tolerance }: MannWhitneySettings): Metric[] {
  return measures.flatMap((measure) => {
    const rule = metrics[measure];
    const unit = measure === 'errors' ? 'points' : 'ms';
    if (!rule) return [];
    return [{ ...rule, name: names[measure], unit, values: valuesOf(points, measure), confidence, tolerance }];
  });
}

/** The means of what was compared. There is no limit of a mean: what counts is the interval of the shift. */
function compare(metric: Metric, verdict: MetricVerdict | undefined): Comparison {
  const { canary, baseline } = samplesOf(metric);
  const isRate = metric.unit === 'points';
  const mean = (sample: readonly number[]) => (sample.length > 0 ? meanOf(sample) / (isRate ? 100 : 1) : null);
  const ok = verdict?.classification === 'pass' ? true : verdict && isHarm(verdict) ? false : null;
  return { ...comparisonOf(metric.name, isRate ? 'share' : 'ms', mean(canary), mean(baseline), null), ok };
}
