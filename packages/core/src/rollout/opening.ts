import type { ReleaseRef } from '../release';
import type { EnvironmentState, Phase } from './model';
import { workloadOf } from './next';
import type { Plan } from './plan';

/** The first phase in which a rollout does anything: a warm release that it has no use for goes first. */
export function opening(state: EnvironmentState, plan: Plan): Phase {
  const kept = [plan.release.id, plan.from?.id];
  return state.previous?.warmUntil && !kept.includes(state.previous.release.id)
    ? { name: 'tidying', leftovers: [workloadOf(state, state.previous.release)] }
    : firstPhase(state, plan);
}

/** The first release of an environment has no way back that could be proven. */
function firstPhase(state: EnvironmentState, plan: Plan): Phase {
  const isProven = plan.kind === 'rollback' ? isWarm(state, plan.release) : plan.from === null;
  return { name: isProven ? 'starting' : 'proving' };
}

/** Its instances still run, so going back to it needs nothing of its files, and it is urgent. */
const isWarm = ({ previous }: EnvironmentState, release: ReleaseRef): boolean =>
  previous?.release.id === release.id && previous.warmUntil !== null;
