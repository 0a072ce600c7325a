import type { Config, Service } from '../../config/schema';
import type { EnvironmentState } from '../../rollout/model';
import { noFreeze, type Freeze } from '../../rollout/freeze';
import { planDeploy, planRollback, type Plan } from '../../rollout/plan';
import { aPlan, aRelease, quickConfig } from '../builders';
import { simulatedStart } from '../simulated-clock';
import type { Settings, Wish } from './scenario';

/** The plan that a deployment or a way back is made with, as the host would make it of the state it finds. */
export function planOf(wish: Extract<Wish, { want: 'deploy' | 'roll back' }>, state: EnvironmentState): Plan {
  const { stable: from, rollout, environment } = state;
  const known = wish.want === 'deploy' ? { freeze: freezeOf(wish.settings) } : {};
  const request = { project: state.project, release: aRelease(wish.release), from, by: 'dana', place: null, ...known };
  const named = environment === 'staging' ? 'staging' : 'production';
  if (wish.want === 'roll back')
    return planRollback({ ...(rollout?.plan ?? aPlan({ environment: named })), ...state.listening }, request);
  return planDeploy(configOf(wish.settings), named, wish.settings.goal, request);
}

/** As the edge works it out. */
const freezeOf = ({ freeze }: Settings): Freeze => ({
  windows: freeze.map(({ from, to, reason }) => ({ from: simulatedStart + from, to: simulatedStart + to, reason })),
  knownUntil: noFreeze.knownUntil,
});

/** What is tolerated in a row. */
export const limits = { failureLimit: 1, inconclusiveLimit: 1, consecutiveErrorLimit: 1 };

/** Margins that chance does not reach soon, and few quantiles: each one costs as much as all the rest of a look. */
const sequential: Pick<Config['canary'], 'errors' | 'latency' | 'robust'> = {
  errors: {
    weight: 0.5,
    abort: { ratio: 1.1, absolute: 0.01 },
    promote: { ratio: 2, absolute: 0.05 },
  },
  latency: { weight: 0.5, quantiles: [0.5, 0.9], abort: { ratio: 1.25 }, promote: { ratio: 1.5 } },
  robust: { dispersion: 'auto', restartEvery: 30_000 },
};

/** Effects that chance does not reach soon, shown by as few points as two. */
function mannWhitneyOf({ mannWhitney }: Config['canary'], judgeEvery: number): Config['canary']['mannWhitney'] {
  const { errors, p50, p95, p99 } = mannWhitney.metrics;
  const above = (metric: typeof errors, allowedIncrease: number) => ({
    ...metric,
    effectSize: { ...metric.effectSize, allowedIncrease },
  });
  const metrics = { errors: above(errors, 3), p50: above(p50, 1.2), p95: above(p95, 1.2), p99: above(p99, 1.2) };
  return { ...mannWhitney, judgeEvery, confidence: 0.7, metrics };
}

/** What `sluice.json` says with these settings. */
function configOf(settings: Settings): Config {
  const {
    method,
    baseline,
    shares,
    onInconclusive,
    holdback,
    duration,
    stepDuration,
    instances,
    interval,
    minRequests,
    noData,
    port,
  } = settings;
  const { canary, production, staging, rollback, environments, ...rest } = quickConfig();
  const [traffic = 100, ...steps] = shares;
  const maxDuration = settings.maxDuration ?? 2 * duration;
  return {
    ...rest,
    approvals: settings.approvals,
    canary: {
      ...{
        ...canary,
        ...sequential,
        traffic,
        method,
        baseline,
        duration,
        maxDuration,
        onInconclusive,
        interval,
        noData,
      },
      threshold: { ...canary.threshold, minRequests, ...limits },
      mannWhitney: mannWhitneyOf(canary, interval),
    },
    production: { ...production, steps, stepDuration, holdback },
    staging: { ...staging, soak: stepDuration },
    rollback: { ...rollback, window: settings.window },
    environments: {
      staging: { ...environments.staging, port },
      production: { ...environments.production, port, instances },
    },
    services: settings.hasService ? [serviceOf('database', true), serviceOf('mail', false)] : [],
  };
}

const serviceOf = (name: string, critical: boolean): Service => ({
  ...{ name, url: 'http://127.0.0.1/', critical, timeout: 1000 },
});
