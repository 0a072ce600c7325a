import type { MetricVerdict } from './metric';

/** From which score on, of 100, the canary passes, and from which on it is in between. */
export interface Scores {
  pass: number;
  marginal: number;
}

/** `score`: how many of a hundred of its metrics pass; `null` where none was counted. `weight`: of a hundred. */
export interface GroupScore {
  name: string;
  score: number | null;
  weight: number;
}

export interface Score {
  score: number;
  groups: GroupScore[];
  /** Why the score is 0, whatever the groups are. */
  overruled: string | null;
}

/** With so large a part of its metrics without data a canary fails. */
const blindPart = 0.5;

/**
 * The groups' scores by their weights. Groups without a weight share what is left of 100. A group where nothing was counted counts as
 * passed; a critical metric that failed, or no data for half of all metrics, is a score of 0.
 */
export function scoreOf(metrics: readonly MetricVerdict[], weights: Readonly<Record<string, number>>): Score {
  const names = [...new Set(metrics.flatMap(({ groups }) => groups))];
  const weighted = new Map(Object.entries(weights));
  const rest = 100 - [...weighted.values()].reduce((sum, weight) => sum + weight, 0);
  const others = names.filter((name) => !weighted.has(name)).length;
  const groups = names.map((name) => ({
    name,
    score: groupScore(metrics, name),
    weight: weighted.get(name) ?? rest / others,
  }));
  const critical = metrics.find(({ isCritical }) => isCritical);
  if (critical) return { score: 0, groups, overruled: critical.reason };
  const blind = metrics.filter(({ classification, counts }) => classification === 'nodata' && counts === 'not').length;
  if (blind >= metrics.length * blindPart && blind > 0)
    return { score: 0, groups, overruled: `${blind} of ${metrics.length} metrics have no data` };
  const sum = groups.reduce((total, { score, weight }) => total + (score ?? 100) * (weight / 100), 0);
  return { score: toHundredths(sum), groups, overruled: null };
}

function groupScore(metrics: readonly MetricVerdict[], group: string): number | null {
  const members = metrics.flatMap(({ groups, counts }) => groups.filter((name) => name === group).map(() => counts));
  const [passed, failed] = [count(members, 'for'), count(members, 'against')];
  return passed + failed > 0 ? (passed / (passed + failed)) * 100 : null;
}

const count = (members: readonly string[], which: string): number => members.filter((one) => one === which).length;

/** As it is written in decimals, a half away from zero. */
function toHundredths(score: number): number {
  const size = Number(`${Math.abs(score)}e2`);
  return Number.isNaN(size) ? Number(score.toFixed(2)) : (Math.sign(score) * Math.round(size)) / 100;
}
