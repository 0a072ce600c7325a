import { readinessNames } from '../checks/readiness/names';
import { maxDurationOf, minDurationOf } from './canary-times';
import { approvalProblems, freezeProblems } from './rules-approvals';
import { lookProblems, mannWhitneyProblems } from './rules-mann-whitney';
import type { Config } from './schema';

/** The sections that could be read; one that is missing, or has a problem of its own, is not among them. */
export type Sections = { [K in keyof Config]?: Config[K] | undefined };

/** What a schema can't say: relations between values. Each rule gives its problems with their paths. */
type Rule = (sections: Sections) => string[];

/** A rule about these sections. It holds its tongue while one of them can't be read. */
const about =
  <K extends keyof Config>(keys: readonly K[], problemsOf: (config: Pick<Config, K>) => string[]): Rule =>
  (sections) =>
    hasAll(sections, keys) ? problemsOf(sections) : [];

const hasAll = <K extends keyof Config>(
  sections: Sections,
  keys: readonly K[],
): sections is Sections & Pick<Config, K> => keys.every((key) => sections[key] !== undefined);

const stepsRise = about(['production'], ({ production: { steps } }) =>
  steps.flatMap((step, at) => {
    const before = steps[at - 1];
    return before !== undefined && step <= before
      ? [`production.steps[${at}]: ${step} does not rise above ${before}; steps go up`]
      : [];
  }),
);

const stepsEndAtAll = about(['production'], ({ production: { steps } }) =>
  steps.at(-1) === 100 ? [] : [`production.steps: ends at ${steps.at(-1)}; the last step is 100`],
);

/** What the last step leaves to the old release must not take from the new one what it had. */
const holdbackRises = about(['production'], ({ production: { steps, holdback } }) => {
  const before = steps.at(-2);
  return before !== undefined && 100 - holdback <= before
    ? [`production.holdback: leaves ${100 - holdback} % to the last step, which does not rise above ${before}`]
    : [];
});

const stepsFollowCanary = about(['canary', 'production'], ({ canary, production: { steps } }) => {
  const first = steps[0];
  return first !== undefined && first < canary.traffic
    ? [`production.steps[0]: ${first} is below canary.traffic, ${canary.traffic}; traffic does not go down`]
    : [];
});

const portsDiffer = about(['environments'], ({ environments: { staging, production } }) =>
  staging.port === production.port && staging.host === production.host
    ? [`environments.production.port: ${production.port} is staging's port too`]
    : [],
);

const maxAfterMin = about(['canary'], ({ canary }) =>
  maxDurationOf(canary) < minDurationOf(canary) ? ['canary.maxDuration: is shorter than canary.duration'] : [],
);

const freshLeavesStable = about(['canary'], ({ canary: { baseline, traffic } }) =>
  baseline === 'fresh' && 2 * traffic >= 100
    ? [`canary.baseline: "fresh" needs canary.traffic below 50, not ${traffic}: stable keeps a part`]
    : [],
);

/** What is slow follows from the intervals before: one alone can't show anything. */
const evidenceNeedsTwo = about(['canary'], ({ canary }) =>
  canary.method === 'sequential' && maxDurationOf(canary) < 2 * canary.interval
    ? ['canary.maxDuration: is shorter than two intervals, which evidence needs']
    : [],
);

const metricsNeedEvidence = about(['canary'], ({ canary: { method, metrics } }) =>
  method !== 'sequential' && Object.keys(metrics).length > 0
    ? [`canary.metrics: only the method "sequential" judges them, and canary.method is "${method}"`]
    : [],
);

/** A step that ends before the first interval is over can only end without a conclusion. */
const stepsLastAnInterval = about(['canary', 'production'], ({ canary, production: { steps, stepDuration } }) => [
  ...(minDurationOf(canary) < canary.interval ? ['canary.duration: is shorter than canary.interval'] : []),
  ...(steps.some((step) => step < 100) && stepDuration < canary.interval
    ? ['production.stepDuration: is shorter than canary.interval']
    : []),
]);

const promoteBelowRollback = about(
  ['canary'],
  ({
    canary: {
      threshold: { promote, rollback },
    },
  }) =>
    (['errors', 'latency'] as const).flatMap((metric) =>
      promote[metric].ratio > rollback[metric].ratio
        ? [
            `canary.threshold.promote.${metric}.ratio: ${promote[metric].ratio} is above canary.threshold.rollback.${metric}.ratio, ${rollback[metric].ratio}`,
          ]
        : [],
    ),
);

const mannWhitneyFits = about(['canary'], ({ canary }) => mannWhitneyProblems(canary.mannWhitney));

const stepsHaveLooks = about(['canary', 'production'], lookProblems);

const patternsCompile = about(['staging'], ({ staging }) => {
  try {
    new RegExp(staging.logErrors);
    return [];
  } catch {
    return [`staging.logErrors: "${staging.logErrors}" is not a regular expression`];
  }
});

const namesDiffer = about(['services'], ({ services }) =>
  services.flatMap(({ name }, at) =>
    services.findIndex((other) => other.name === name) < at ? [`services[${at}].name: "${name}" is there twice`] : [],
  ),
);

/** The build output must stay inside the project: it is what gets shipped. */
const outputInside = about(['build'], ({ build }) =>
  isInside(build.output) ? [] : [`build.output: "${build.output}" is not a folder inside the project`],
);

const isInside = (path: string) => !path.startsWith('/') && !path.split(/[\\/]/).includes('..');

const runtimeInside = about(['runtime'], ({ runtime: { cwd, envFile } }) => [
  ...(cwd !== undefined && !isInside(cwd) ? [`runtime.cwd: "${cwd}" is not a folder inside the release`] : []),
  ...(envFile !== undefined && !isInside(envFile) ? [`runtime.envFile: "${envFile}" is not inside the project`] : []),
]);

/** One command of the rollout gives up after 15 minutes: a hook and what comes with it must be done before. */
const hooksInTime = about(['runtime'], ({ runtime: { beforeStart, afterStop, health, drain } }) => [
  ...((beforeStart?.timeout ?? 0) + health.startTimeout > hookLimit
    ? ['runtime.beforeStart.timeout: with runtime.health.startTimeout it is longer than 13m']
    : []),
  ...((afterStop?.timeout ?? 0) + 2 * drain > hookLimit // once for requests in flight, once for the instances
    ? ['runtime.afterStop.timeout: with twice runtime.drain it is longer than 13m']
    : []),
]);
const hookLimit = 13 * 60_000;

const approvalsFit = about(['approvals'], ({ approvals }) => approvalProblems(approvals));

const freezesFit = about(['freeze'], ({ freeze }) => freezeProblems(freeze));

/** A stage that ran a deploy target would start itself. */
const noDeployTargets = about(['build', 'readiness'], ({ build, readiness }) =>
  [
    ['build.target', build.target] as const,
    ...readiness.targets.map((name, at) => [`readiness.targets[${at}]`, name] as const),
  ]
    .filter(([, name]) => name.startsWith('deploy-'))
    .map(([path, name]) => `${path}: "${name}" is a target of the pipeline itself`),
);

/** Each is told by its name. */
const ownChecksDiffer = about(['readiness'], ({ readiness }) =>
  readiness.checks.flatMap(({ name }, at) =>
    [...readinessNames, ...readiness.checks.slice(0, at).map((other) => other.name)].includes(name)
      ? [`readiness.checks[${at}].name: "${name}" is an item already`]
      : [],
  ),
);

export const rules: readonly Rule[] = [
  ownChecksDiffer,
  stepsRise,
  stepsEndAtAll,
  holdbackRises,
  stepsFollowCanary,
  portsDiffer,
  maxAfterMin,
  freshLeavesStable,
  evidenceNeedsTwo,
  metricsNeedEvidence,
  stepsLastAnInterval,
  promoteBelowRollback,
  mannWhitneyFits,
  stepsHaveLooks,
  patternsCompile,
  namesDiffer,
  outputInside,
  runtimeInside,
  hooksInTime,
  approvalsFit,
  freezesFit,
  noDeployTargets,
];
