import { kayentaRule, noEffect } from '../analysis/mann-whitney/metric';
import { mannWhitneyDefaults } from '../analysis/mann-whitney/settings';
import * as z from '../zod';
import { formatDuration } from './duration';
import { positiveDuration } from './schema-values';

/** `canary.mannWhitney`. Words and defaults are Kayenta's; `canary.mannWhitney.weights` is replaced as a whole. */
const { judgeEvery, confidence, tolerance, pass, marginal, weights } = mannWhitneyDefaults;
const { nanStrategy, critical, mustHaveData, outliers, effectSize } = kayentaRule;

const effect = (what: string) => z.number().positive().exactOptional().describe(what);

const effects = z
  .strictObject({
    measure: z
      .enum(['meanRatio', 'cles'])
      .default(effectSize.measure)
      .describe(
        "How large a difference is: its mean by the baseline's, or how often a point of it is above one of the baseline.",
      ),
    allowedIncrease: effect('A higher value is harm from this effect on: 1, or 0.5 by `cles`.'),
    allowedDecrease: effect('A lower value is harm down from this effect: 1, or 0.5 by `cles`.'),
    criticalIncrease: effect(
      'A higher value of a critical metric is critical from this effect on: 1, or 0.5 by `cles`.',
    ),
    criticalDecrease: effect(
      'A lower value of a critical metric is critical down from this effect: 1, or 0.5 by `cles`.',
    ),
  })
  .transform((given) => ({ ...noEffect(given.measure), ...given }))
  .prefault({})
  .describe('How large a shown difference must be to be harm.');

const metric = (group: string, what: string) =>
  z
    .strictObject({
      groups: z.array(z.string().min(1)).min(1).default([group]).describe('The groups that it counts in.'),
      direction: z.enum(['increase', 'decrease', 'either']).default('increase').describe('Which way is harm.'),
      nanStrategy: z
        .enum(['remove', 'replace'])
        .default(nanStrategy)
        .describe('Whether intervals without a value are left out, or count as zero.'),
      critical: z.boolean().default(critical).describe('Whether its harm alone sends the release back.'),
      mustHaveData: z.boolean().default(mustHaveData).describe('Whether it counts as harm in its groups without data.'),
      outliers: z
        .strictObject({
          strategy: z.enum(['keep', 'remove']).default(outliers.strategy).describe('Whether outliers are compared.'),
          outlierFactor: z
            .number()
            .positive()
            .default(outliers.outlierFactor)
            .describe('So many interquartile ranges beyond the quartiles a point is an outlier.'),
        })
        .prefault({})
        .describe('What becomes of points that are far from the others.'),
      effectSize: effects,
    })
    .prefault({})
    .describe(what);

const score = z.number().gt(0).max(100);

export const mannWhitney = z
  .strictObject({
    judgeEvery: positiveDuration(formatDuration(judgeEvery)).describe('How often all points so far are judged.'),
    confidence: z.number().gt(0).lt(1).default(confidence).describe('How sure the interval of a difference is.'),
    tolerance: z
      .number()
      .min(0)
      .lt(1)
      .default(tolerance)
      .describe('The part of the estimated difference that all of its interval must be beyond to be harm.'),
    pass: score.default(pass).describe('From this score of 100 on it passes.'),
    marginal: score.default(marginal).describe('Below this score of 100 it fails; from it on it is in between.'),
    weights: z
      .record(z.string(), z.number().min(0).max(100))
      .default({ ...weights })
      .describe('What groups of metrics count for, in per cent. Groups without a weight share what is left of 100.'),
    metrics: z
      .strictObject({
        errors: metric('errors', 'The error rate of an interval, in per cent.'),
        p50: metric('latency', 'The median of latency of an interval.'),
        p95: metric('latency', 'The latency that 95 % of the requests of an interval stay below.'),
        p99: metric('latency', 'The latency that 99 % of the requests of an interval stay below.'),
      })
      .prefault({})
      .describe('How each metric is judged.'),
  })
  .prefault({})
  .describe('What the method `mann-whitney` goes by.');
