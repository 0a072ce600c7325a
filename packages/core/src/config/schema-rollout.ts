import * as z from '../zod';
import { mannWhitney } from './schema-mann-whitney';
import { ratio, rateMargin, slownessMargin, weight } from './schema-margins';
import { metrics } from './schema-metrics';
import { duration, optionalDuration, positiveDuration, scenarios, share } from './schema-values';

/** How traffic moves and what decides: `staging`, `canary`, `production`, `rollback`. */
const errorMargin = (times: number, plus: number) =>
  z
    .strictObject({
      ratio: ratio(times),
      absolute: share.default(plus).describe('Added to that: a share of requests, 0 to 1.'),
    })
    .prefault({})
    .describe('Error rate: at most baseline x ratio + absolute.');

const latencyMargin = (times: number, plus: string) =>
  z
    .strictObject({
      ratio: ratio(times),
      absolute: duration(plus).describe('The baseline plus this is the limit where that is more.'),
    })
    .prefault({})
    .describe('p95 of latency: at most the larger of baseline x ratio and baseline + absolute.');

const margins = (errors: number, latency: number) =>
  z.strictObject({ errors: errorMargin(errors, 0), latency: latencyMargin(latency, '5ms') }).prefault({});

const limit = (fallback: number, what: string) => z.int().min(0).default(fallback).describe(what);

const threshold = z
  .strictObject({
    minRequests: z.int().min(1).default(200).describe('Requests of each slot that make one check.'),
    failureLimit: limit(2, 'Failing checks in a row (a rollback trigger fires) that are tolerated.'),
    inconclusiveLimit: limit(2, 'Checks in a row without gate 2 that are tolerated once the time is over.'),
    consecutiveErrorLimit: limit(4, 'Readings in a row without usable figures that are tolerated.'),
    promote: margins(1, 1.1).describe('Gate 2: the canary may go on up to these margins above the baseline.'),
    rollback: margins(1.5, 2).describe('The rollback triggers.'),
  })
  .prefault({})
  .describe('What the method `threshold` goes by.');

/** How often something may go wrong that is decided by chance. */
const risk = z.number().gt(0).lt(0.5);

const quantiles = z
  .array(z.number().gt(0).lt(1))
  .min(1)
  .max(10)
  .default([0.5, 0.9, 0.95, 0.99])
  .describe('Parts of the requests, 0 to 1, whose latency is compared.');

const sequential = {
  alpha: risk
    .default(0.05)
    .describe('How often a release within the margins may be sent back in a step, however often it is looked at.'),
  beta: risk.default(0.05).describe('How often one beyond them may be promoted by evidence.'),
  errors: z
    .strictObject({
      weight,
      abort: rateMargin(1.1, 0.0001, 'A higher error rate sends it back once that is shown.'),
      promote: rateMargin(1.5, 0.001, 'It goes on once a lower error rate is shown.'),
    })
    .prefault({})
    .describe('The error rate, against baseline x ratio + absolute.'),
  latency: z
    .strictObject({
      ...{ weight, quantiles },
      abort: slownessMargin(1.1, 'A longer latency sends it back once that is shown.'),
      promote: slownessMargin(1.25, 'It goes on once a shorter latency is shown.'),
    })
    .prefault({})
    .describe('Latency, against baseline x ratio.'),
  robust: z
    .strictObject({
      dispersion: z
        .union([z.literal('auto'), z.number().min(1)])
        .default('auto')
        .describe('How much more errors and slow requests vary than chance alone makes them; "auto": by history.'),
      restartEvery: positiveDuration('5m').describe('How often a part of the stake is set anew, for late regressions.'),
    })
    .prefault({})
    .describe('What keeps bursts and hiccups from looking like a regression.'),
};

const hard = z
  .strictObject({
    errorRateAbove: share.default(0.2).describe('Ceiling of the error rate of the release, 0 to 1.'),
    for: duration('30s').describe('How long without a break the rate must be above it to act.'),
    minRequests: z.int().min(1).default(20).describe('Requests in that time without which it does not act.'),
    serviceDown: duration('60s').describe(
      'How long a critical service, or every instance of the release, may be down.',
    ),
  })
  .prefault({})
  .describe('Ceilings that need no baseline and act at once, at every share of traffic.');

const synthetic = z
  .strictObject({
    rate: z.number().positive().max(1000).describe('Requests a second that Sluice itself sends through the router.'),
    requests: scenarios.describe('The requests; each one that is sent is drawn from them at random.'),
  })
  .describe('Traffic of its own in production while a step is watched; figures and gates count it, marked as such.');

const canary = z
  .strictObject({
    traffic: z.int().min(1).max(50).default(5).describe('Share of production traffic, in whole per cent.'),
    method: z
      .enum(['sequential', 'threshold', 'mann-whitney'])
      .default('sequential')
      .describe('How a release is compared with the baseline.'),
    duration: optionalDuration.describe(
      'How long the canary is watched at least: 5m, 24h by `threshold`, 30m by `mann-whitney`.',
    ),
    maxDuration: optionalDuration.describe('When evidence is still missing: 24h, by `threshold` twice the duration.'),
    onInconclusive: z
      .enum(['hold', 'extend', 'promote', 'rollback'])
      .default('hold')
      .describe('What becomes of a step without a conclusion in its time; "hold": it stays until a person decides.'),
    baseline: z
      .enum(['stable', 'fresh'])
      .default('stable')
      .describe(
        'What a release is compared with: what is live, or instances of it that are started beside the canary.',
      ),
    interval: positiveDuration('10s').describe('How often figures and health are read, at every step.'),
    ...{ ...sequential, metrics },
    threshold,
    mannWhitney,
    hard,
    noData: positiveDuration('3m').describe('Without a request for so long a slot has no data; that is never a pass.'),
    synthetic: synthetic.optional(),
  })
  .prefault({})
  .describe('The canary, and how every step below 100 % is judged.');

const staging = z
  .strictObject({
    soak: duration('30m').describe('How long the release is watched in staging before gate 1.'),
    logErrors: z
      .string()
      .default('\\b(error|fatal|panic|uncaught)\\b')
      .describe('Regular expression; no log line of the release may match it, in upper or lower case.'),
  })
  .prefault({})
  .describe('The staging stage.');

const production = z
  .strictObject({
    steps: z
      .array(z.int().min(1).max(100))
      .min(1)
      .default([10, 50, 100])
      .describe('Shares of traffic in whole per cent: they rise, and the last one is 100.'),
    holdback: z
      .int()
      .min(0)
      .max(10)
      .default(0)
      .describe('Share in per cent that the last step leaves to the old release, so that it is compared, too.'),
    stepDuration: duration('2h').describe('How long each step is watched at least, the one at 100 % too.'),
  })
  .prefault({})
  .describe('The way from the canary to all of production.');

const rollback = z
  .strictObject({
    window: duration('10m').describe('How long the replaced release keeps running, so that going back is instant.'),
    keep: z.int().min(1).max(50).default(5).describe('Releases that stay on disk; those in use stay anyway.'),
  })
  .prefault({})
  .describe('What is kept for the way back.');

const wait = z
  .boolean()
  .default(true)
  .describe('Whether a stage that deploys stays until its part of the rollout is over; else the next run asks again.');

const merge = z
  .enum(['never', 'local', 'push'])
  .default('local')
  .describe('Whether report and signal of a deployment to production are merged into the base branch, and pushed.');

/** From the top, and not out of it. */
const fileInWorkspace = z
  .string()
  .regex(/^(?![/\\])(?!.*(^|[/\\])(\.\.?|\.git)([/\\]|$))[^\0]+$/, { error: 'a path inside the workspace' });

const versionFiles = z
  .array(fileInWorkspace)
  .default([])
  .describe('Files that a run changes in its worktree and that are merged too: paths from the top of the workspace.');

export const rolloutSettings = { wait, staging, canary, production, rollback, merge, versionFiles };

export type SyntheticSettings = z.infer<typeof synthetic>;
export type HardSettings = z.infer<typeof hard>;
