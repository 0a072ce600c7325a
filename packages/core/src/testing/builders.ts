import type * as z from '../zod';
import type { Interval, SlotFigures } from '../analysis/figures';
import type { Histogram } from '../analysis/histogram';
import type { ThresholdSettings } from '../analysis/threshold';
import type { CheckResult } from '../checks/check';
import { configSchema, type Config } from '../config/schema';
import { digestOf } from '../digest';
import type { ReleaseManifest, ReleaseRef } from '../release';
import type { Health } from '../health';
import type { EnvironmentState } from '../rollout/model';
import { planDeploy, type Plan } from '../rollout/plan';
import { runtimeOf } from '../config/schema';

/** The same name gives the same release. */
export function aRelease(name = 'first', over: Partial<ReleaseRef> = {}): ReleaseRef {
  const digest = digests.get(name) ?? digestOf(name);
  digests.set(name, digest);
  return { id: digest.slice(0, 12), commit: digest.slice(0, 40), configuration: name, ...over };
}
const digests = new Map<string, string>();

export function aManifest(name = 'first', over: Partial<ReleaseManifest> = {}): ReleaseManifest {
  return {
    version: 1,
    ...aRelease(name),
    project: 'app',
    artifact: digestOf(name),
    runtime: runtimeOf(aConfig()),
    ...over,
  };
}

/** The text of the smallest `sluice.json`, as data, with sections replaced. */
export const aConfigInput = (over: Partial<z.input<typeof configSchema>> = {}): z.input<typeof configSchema> => ({
  runtime: { command: ['node', 'server.js'] },
  environments: { staging: { port: 4001 }, production: { port: 4000 } },
  ...over,
});

/** The defaults, with sections replaced. */
export const aConfig = (over: Partial<z.input<typeof configSchema>> = {}): Config =>
  configSchema.parse(aConfigInput(over));

/** Minutes instead of hours, and margins that four errors in a hundred do not reach by chance. */
const quick = {
  canary: {
    duration: '10m',
    method: 'threshold',
    threshold: {
      minRequests: 500,
      promote: { errors: { ratio: 1, absolute: 0.02 }, latency: { ratio: 1.25 } },
      rollback: { errors: { ratio: 1.5 }, latency: { ratio: 2 } },
    },
  },
  production: { stepDuration: '10m' },
  staging: { soak: '5m' },
} satisfies Partial<z.input<typeof configSchema>>;

let parsed: Config | null = null;
/** Parsed once: property tests make thousands of plans. */
export const quickConfig = (): Config => (parsed ??= aConfig(quick));

/** A deployment of `next` after `first` to production: 5, 10, 50, 100, ten minutes each. */
export function aPlan(over: Partial<Plan> = {}): Plan {
  const { environment = 'production', goal = 'production' } = over;
  const request = { project: 'app', release: aRelease('next'), from: aRelease('first'), by: 'dana', place: null };
  return { ...planDeploy(quickConfig(), environment, goal, { ...request, ...over }), ...over };
}

/** The judge of `aPlan`, with settings replaced. */
export function aThreshold(over: Partial<ThresholdSettings & { interval: number; noData: number }> = {}) {
  const { interval, noData, threshold } = quickConfig().canary;
  return { method: 'threshold' as const, interval, noData, ...threshold, ...over };
}

/** Production of `app`, where `first` is live and nothing happens. */
export const aState = (over: Partial<EnvironmentState> = {}): EnvironmentState => ({
  version: 1,
  project: 'app',
  environment: 'production',
  generation: 1,
  sequence: 0,
  owner: '',
  at: 0,
  stable: aRelease('first'),
  listening: null,
  previous: null,
  refused: [],
  unfrozen: null,
  rollout: null,
  outbox: [],
  audit: { head: null, count: 0 },
  ...over,
});

/** All latencies in one bucket: then that bucket is every quantile. */
export const latencyOf = (requests: number, ms: number): Histogram => (requests > 0 ? [[ms, requests]] : []);

/** One slot's figures: 1000 requests without an error, 50 ms each. */
export function someFigures(over: Partial<SlotFigures> & { ms?: number } = {}): SlotFigures {
  const { ms = 50, ...rest } = over;
  const requests = rest.requests ?? 1000;
  const release = aRelease(rest.slot === 'stable' ? 'first' : 'next').id;
  return { slot: 'canary', release, requests, errors: 0, synthetic: 0, latency: latencyOf(requests, ms), ...rest };
}

export const anInterval = (from: number, to: number, slots: SlotFigures[] = []): Interval => ({
  ...{ from, to, slots },
  layout: { factor: 1.01, step: 0.001 },
});

export const someHealth = (name: string, over: Partial<Health> = {}): Health => ({
  name,
  healthy: 1,
  wanted: 1,
  restarts: 0,
  reason: null,
  ...over,
});

export const aCheckResult = (check: string, over: Partial<CheckResult> = {}): CheckResult => ({
  check,
  tool: 'simulated',
  version: '1',
  status: 'pass',
  reason: 'all is well',
  findings: [],
  figures: {},
  durationMs: 0,
  ...over,
});
