import * as z from '../zod';
import { readiness } from './schema-readiness';
import { security } from './schema-security';
import { duration, leastRate, optionalDuration, positiveDuration, scenarios, share } from './schema-values';

/** What must hold before anything is deployed: `load`, `performance`, `infra`, `readiness`, and `security` of its own file. */
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

const infra = z
  .strictObject({ timeout: positiveDuration('300s').describe('How long the router may take to answer.') })
  .prefault({})
  .describe('The infrastructure stage.');

export const validationSettings = { security, load, performance, infra, readiness };
