import { noEffect } from '../analysis/mann-whitney/metric';
import { canDiffer } from '../analysis/mann-whitney/shift';
import { minDurationOf } from './canary-times';
import type { Config } from './schema';

type Settings = Config['canary']['mannWhitney'];
const path = 'canary.mannWhitney';

/** What of the section does not fit together, each with its path. */
export const mannWhitneyProblems = (settings: Settings): string[] => [
  ...scoreProblems(settings),
  ...weightProblems(settings),
  ...effectProblems(settings),
];

const scoreProblems = ({ pass, marginal }: Settings): string[] =>
  marginal > pass ? [`${path}.marginal: ${marginal} is above ${path}.pass, ${pass}`] : [];

/** A group without a part in the score would make everything pass that is in it, and one that nothing is in, too. */
function weightProblems({ weights, metrics }: Settings): string[] {
  const groups = new Set(Object.values(metrics).flatMap((metric) => metric.groups));
  const unknown = Object.keys(weights).filter((name) => !groups.has(name));
  if (unknown.length > 0) return unknown.map((name) => `${path}.weights.${name}: no metric is in this group`);
  const sum = Number(
    Object.values(weights)
      .reduce((total, weight) => total + weight, 0)
      .toFixed(6),
  );
  const [other] = [...groups].filter((name) => weights[name] === undefined);
  if (other === undefined) return sum === 100 ? [] : [`${path}.weights: add up to ${sum}, not to 100`];
  return sum < 100 ? [] : [`${path}.weights: add up to ${sum}, which leaves nothing for the group "${other}"`];
}

/** A share of 0.2 written for "20 % more" would be no effect at all. */
const effectProblems = ({ metrics }: Settings): string[] =>
  Object.entries(metrics).flatMap(([name, { effectSize }]) => {
    const { measure } = effectSize;
    const none = noEffect(measure).allowedIncrease;
    const at = (key: string, problem: string) => `${path}.metrics.${name}.effectSize.${key}: ${problem}`;
    return [
      ...(['allowedIncrease', 'criticalIncrease'] as const).flatMap((key) => {
        if (effectSize[key] < none) return [at(key, `${effectSize[key]} is below ${none}, which is no increase`)];
        return measure === 'cles' && effectSize[key] > 1 ? [at(key, `${effectSize[key]} is above 1, a share`)] : [];
      }),
      ...(['allowedDecrease', 'criticalDecrease'] as const).flatMap((key) =>
        effectSize[key] > none ? [at(key, `${effectSize[key]} is above ${none}, which is no decrease`)] : [],
      ),
    ];
  });

/** Steps that would end before there is a look, and looks at so few points that only harm can be shown, by chance. */
export function lookProblems({ canary, production }: Pick<Config, 'canary' | 'production'>): string[] {
  const { method, interval } = canary;
  if (method !== 'mann-whitney') return [];
  const { judgeEvery, confidence } = canary.mannWhitney;
  const points = Math.floor(judgeEvery / interval);
  const isCompared = production.steps.some((step) => step < 100);
  const tooShort = [
    ...(minDurationOf(canary) < judgeEvery ? ['canary.duration'] : []),
    ...(isCompared && production.stepDuration < judgeEvery ? ['production.stepDuration'] : []),
  ];
  return [
    ...(canDiffer(points, points, confidence)
      ? []
      : [`${path}.judgeEvery: has ${points} intervals, too few to show anything at ${path}.confidence, ${confidence}`]),
    ...tooShort.map((key) => `${key}: is shorter than ${path}.judgeEvery, the time to the first look`),
  ];
}
