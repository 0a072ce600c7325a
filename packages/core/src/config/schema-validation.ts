import * as z from '../zod';
import { readiness } from './schema-readiness';
import { security } from './schema-security';
import {
  duration,
  leastRate,
  optionalDuration,
  positiveDuration,
  scenarios,
  script,
  share,
  size,
} from './schema-values';

/** What must hold before anything is deployed: `load`, `performance`, `infra`; `security` and `readiness` have files of their own. */
const results = z.strictObject({
  tool: z.enum(['k6', 'artillery']).describe('The load generator that wrote them.'),
  file: z
    .string()
    .min(1)
    .optional()
    .describe('Its summary as JSON, from the project folder; without it, the file that SLUICE_RESULTS names.'),
});

const load = z
  .strictObject({
    scenarios: scenarios.describe('Requests that each connection sends in turn.'),
    connections: z.int().min(1).max(10_000).default(10).describe('Connections at the same time.'),
    rate: z.int().min(1).optional().describe('Requests a second over all connections; as fast as it goes without.'),
    warmup: duration('2s').describe('Load that is not counted, before the rest.'),
    duration: positiveDuration('10s').describe('Load that is counted.'),
    maxErrorRate: share.default(0.01).describe('Highest share of failed requests, 0 to 1. Status 400 and above fails.'),
    maxP50: optionalDuration.describe('Highest p50 of latency, to the end of the answer.'),
    maxP95: optionalDuration.describe('Highest p95 of latency.'),
    maxP99: optionalDuration.describe('Highest p99 of latency.'),
    minRate: leastRate.describe('Requests a second that must be reached, without the failed ones.'),
    maxCpu: z.number().positive().optional().describe('Highest median of processor time: per cent of one core.'),
    maxMemoryGrowth: size('128MB').describe('Highest steady growth of resident memory while it is loaded.'),
    command: script.describe('Loads SLUICE_URL in place of Sluice, in the project folder; it must exit 0.'),
    timeout: positiveDuration('10m').describe('How long load.command may take.'),
    results: results.optional().describe('Where the figures of load.command are read.'),
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
    command: script.describe('A check of your own of the figures in the file SLUICE_FIGURES; it must exit 0.'),
    timeout: positiveDuration('10m').describe('How long performance.command may take.'),
    maxRegression: z
      .number()
      .positive()
      .default(0.2)
      .describe('How much slower than the live release it may be before readiness warns.'),
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

export const validationSettings = { security, load, performance, infra, readiness };
