import type { EnvironmentState } from '../../rollout/model';
import { planRollback, type Plan } from '../../rollout/plan';
import { aPlan, aRelease } from '../builders';
import type { Wish } from './scenario';

/** The plan that a deployment or a way back is made with, as the host would make it of the state it finds. */
export function planOf(wish: Extract<Wish, { want: 'deploy' | 'roll back' }>, state: EnvironmentState): Plan {
  const release = aRelease(wish.release);
  const { stable: from, rollout } = state;
  if (wish.want === 'roll back') {
    const request = { project: state.project, release, from, by: 'dana', place: null };
    return planRollback({ ...(rollout?.plan ?? base), ...state.listening }, request);
  }
  const { steps, goal, port, window, noData, minRequests, interval, hasService } = wish.settings;
  const isStaging = state.environment === 'staging';
  return {
    ...base,
    ...{ release, from, goal, port, window },
    environment: isStaging ? 'staging' : 'production',
    steps: isStaging || !from ? steps.slice(-1) : steps,
    trial: from || isStaging ? [] : ['smoke'],
    verify: isStaging ? ['health', 'smoke', 'logs', 'monitoring'] : ['health', 'services', 'smoke', 'window'],
    judge: { ...base.judge, noData, minRequests, interval, failures: 2 },
    services: hasService ? [{ name: 'database', url: 'http://127.0.0.1/', critical: true, timeout: 1000 }] : [],
  };
}

const base = aPlan();
