import { classify } from './classify';
import type { Metric, MetricVerdict } from './metric';
import { scoreOf, type GroupScore, type Scores } from './score';

export interface Judgement {
  classification: 'pass' | 'marginal' | 'fail' | 'inconclusive';
  /** Of 100. */
  score: number;
  reasons: string[];
  metrics: MetricVerdict[];
  groups: GroupScore[];
}

/** The scores that Kayenta's documentation goes by. */
export const kayentaScores: Scores = { pass: 95, marginal: 75 };

/**
 * Kayenta's judge (NetflixACAJudge): each metric is compared by itself, their groups are scored, the score is classified. What Kayenta
 * lets pass without having compared it is inconclusive, and so is the whole then, unless it fails in Kayenta too.
 */
export function judgeMetrics(
  metrics: readonly Metric[],
  weights: Readonly<Record<string, number>>,
  limits: Scores,
): Judgement {
  const verdicts = metrics.map(classify);
  const { score, groups, overruled } = scoreOf(verdicts, weights);
  const judgement = (classification: Judgement['classification'], reasons: string[]): Judgement => ({
    ...{ classification, score, reasons },
    ...{ metrics: verdicts, groups },
  });
  const reasonsOf = (which: (verdict: MetricVerdict) => boolean) => verdicts.filter(which).map(({ reason }) => reason);
  const harm = reasonsOf(({ counts }) => counts === 'against');
  const doubts = reasonsOf(isDoubt);
  const isOf = `score ${score} of 100`;

  if (verdicts.length === 0) return judgement('inconclusive', ['there is no metric to judge by']);
  if (!Number.isFinite(score)) return judgement('inconclusive', ['the weights of the groups give no score']);
  if (overruled !== null) return judgement('fail', [...new Set([overruled, ...harm, ...doubts])]);
  if (score < limits.pass && score < limits.marginal)
    return judgement('fail', [...harm, `${isOf}, below ${limits.marginal}`]);
  if (doubts.length > 0) return judgement('inconclusive', [...new Set([...doubts, ...harm]), isOf]);
  if (score < limits.pass) return judgement('marginal', [...harm, `${isOf}, below the ${limits.pass} that pass`]);
  return judgement('pass', [`${isOf}, ${limits.pass} pass`, ...harm]);
}

/** It was not compared: no score makes up for that. */
const isDoubt = ({ classification }: MetricVerdict): boolean =>
  classification === 'inconclusive' || classification === 'nodata';
