import * as z from '../zod';
import { duration, leastRate, optionalDuration, positiveDuration, scenarios, share } from './schema-values';

/** What must hold before anything is deployed: `security`, `load`, `performance`, `infra`, `readiness`. */
const security = z
  .strictObject({
    severity: z
      .enum(['low', 'moderate', 'high', 'critical'])
      .default('high')
      .describe('An advisory of this severity or worse blocks. A secret blocks always.'),
    onUnavailable: z.enum(['fail', 'warn']).default('fail').describe('When the advisory service does not answer.'),
    required: z.array(z.string()).default([]).describe('Checks that may not be skipped: "secrets", "audit".'),
  })
  .prefault({})
  .describe('The security stage.');

const load = z
  .strictObject({
    scenarios: scenarios.describe('Requests that each connection sends in turn.'),
    connections: z.int().min(1).max(10_000).default(10).describe('Connections at the same time.'),
    rate: z.int().min(1).optional().describe('Requests a second over all connections; as fast as it goes without.'),
    warmup: duration('2s').describe('Load that is not counted, before the rest.'),
    duration: positiveDuration('10s').describe('Load that is counted.'),
    maxErrorRate: share.default(0.01).describe('Highest share of failed requests, 0 to 1. Status 400 and above fails.'),
    maxP95: optionalDuration.describe('Highest p95 of latency, to the end of the answer.'),
    minRate: leastRate.describe('Requests a second that must be reached, without the failed ones.'),
  })
  .prefault({})
  .describe('The load test.');

const performance = z
  .strictObject({
    p50: optionalDuration.describe('Highest p50 of latency.'),
    p95: optionalDuration.describe('Highest p95 of latency.'),
    p99: optionalDuration.describe('Highest p99 of latency.'),
    errorRate: share.optional().describe('Highest share of failed requests, 0 to 1.'),
    rate: leastRate.describe('Requests a second that must be reached.'),
  })
  .prefault({})
  .describe('Targets for the figures of the load stage. A stated target blocks; without one the stage warns.');

const compose = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .optional()
      .describe('Compose file, from the project root: default compose.yaml, compose.yml or docker-compose.yaml, .yml.'),
    app: z
      .union([z.string().min(1), z.array(z.string().min(1))])
      .default([])
      .transform((names) => [names].flat())
      .describe('Service or services of the file that Sluice itself runs: neither built nor started from it.'),
  })
  .prefault({})
  .describe('What is around the release: the services of a Compose file.');

const infra = z
  .strictObject({
    timeout: positiveDuration('300s').describe(
      'How long each may take: the router to answer, images to be built, services to be healthy.',
    ),
    compose,
  })
  .prefault({})
  .describe('The infrastructure stage.');

const readiness = z
  .strictObject({
    targets: z
      .array(z.string().min(1))
      .default(['lint', 'test'])
      .describe('Nx targets of the project that must pass in the worktree; those that it does not have are skipped.'),
    allowNoTests: z
      .boolean()
      .default(false)
      .describe('Whether a project may have none of the targets but lint, typecheck and build.'),
    minScore: z.number().min(0).max(100).default(90).describe('Lowest production readiness score, 0 to 100.'),
  })
  .prefault({})
  .describe('The readiness stage.');

export const validationSettings = { security, load, performance, infra, readiness };
