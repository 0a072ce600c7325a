import { kayentaScores } from './judge-metrics';
import { kayentaCertainty, kayentaRule, type Certainty, type Rule } from './metric';
import type { Measure } from './points';
import type { Scores } from './score';

/** `judgeEvery` in ms. A measure that has no rule is not judged. */
export interface MannWhitneySettings extends Certainty, Scores {
  judgeEvery: number;
  /** Of groups, in per cent. */
  weights: Readonly<Record<string, number>>;
  metrics: Readonly<Partial<Record<Measure, Rule>>>;
}

const harmful = (group: string): Rule => ({ ...kayentaRule, groups: [group], direction: 'increase' });

/** Kayenta's defaults; errors and latency, of which more is harm, count half each. */
export const mannWhitneyDefaults: MannWhitneySettings = {
  ...{ judgeEvery: 300_000, ...kayentaCertainty, ...kayentaScores },
  weights: { errors: 50, latency: 50 },
  metrics: { errors: harmful('errors'), p50: harmful('latency'), p95: harmful('latency'), p99: harmful('latency') },
};
