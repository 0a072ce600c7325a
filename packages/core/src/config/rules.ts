import type { Config } from './schema';

/** What a schema can't say: relations between values. Each rule gives its problems with their paths. */
type Rule = (config: Config) => string[];

const stepsRise: Rule = ({ production: { steps } }) =>
  steps.flatMap((step, at) => {
    const before = steps[at - 1];
    return before !== undefined && step <= before
      ? [`production.steps[${at}]: ${step} does not rise above ${before}; steps go up`]
      : [];
  });

const stepsEndAtAll: Rule = ({ production: { steps } }) =>
  steps.at(-1) === 100 ? [] : [`production.steps: ends at ${steps.at(-1)}; the last step is 100`];

const stepsFollowCanary: Rule = ({ canary, production: { steps } }) => {
  const first = steps[0];
  return first !== undefined && first < canary.traffic
    ? [`production.steps[0]: ${first} is below canary.traffic, ${canary.traffic}; traffic does not go down`]
    : [];
};

const portsDiffer: Rule = ({ environments: { staging, production } }) =>
  staging.port === production.port && staging.host === production.host
    ? [`environments.production.port: ${production.port} is staging's port too`]
    : [];

const maxAfterMin: Rule = ({ canary }) =>
  canary.maxDuration !== undefined && canary.maxDuration < canary.duration
    ? ['canary.maxDuration: is shorter than canary.duration']
    : [];

const promoteBelowRollback: Rule = ({ canary: { promote, rollback } }) =>
  (['errors', 'latency'] as const).flatMap((metric) =>
    promote[metric].ratio > rollback[metric].ratio
      ? [
          `canary.promote.${metric}.ratio: ${promote[metric].ratio} is above canary.rollback.${metric}.ratio, ${rollback[metric].ratio}`,
        ]
      : [],
  );

const patternsCompile: Rule = ({ staging }) => {
  try {
    new RegExp(staging.logErrors);
    return [];
  } catch {
    return [`staging.logErrors: "${staging.logErrors}" is not a regular expression`];
  }
};

const namesDiffer: Rule = ({ services }) =>
  services.flatMap(({ name }, at) =>
    services.findIndex((other) => other.name === name) < at ? [`services[${at}].name: "${name}" is there twice`] : [],
  );

/** The build output must stay inside the project: it is what gets shipped. */
const outputInside: Rule = ({ build }) =>
  build.output.startsWith('/') || build.output.split(/[\\/]/).includes('..')
    ? [`build.output: "${build.output}" is not a folder inside the project`]
    : [];

export const rules: readonly Rule[] = [
  stepsRise,
  stepsEndAtAll,
  stepsFollowCanary,
  portsDiffer,
  maxAfterMin,
  promoteBelowRollback,
  patternsCompile,
  namesDiffer,
  outputInside,
];
