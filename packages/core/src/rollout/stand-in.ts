import type { Instant } from '../analysis/figures';
import { bareConfig } from '../config/bare';
import { environmentNames } from '../config/schema';
import type { ReleaseRef } from '../release';
import type { EnvironmentState, Rollout } from './model';
import { planDeploy } from './plan';

/**
 * Stands for the rollout that a lost state would name, so that what serves is taken down on the one path there is. Of its
 * plan only the release is known: nothing but taking it out of service may follow from it, and it is dropped afterwards.
 */
export function standIn(
  { project, environment, generation }: EnvironmentState,
  release: ReleaseRef,
  { at, by }: { at: Instant; by: string },
): Rollout | null {
  const named = environmentNames.find((name) => name === environment);
  if (!named) return null;
  return {
    number: generation,
    plan: {
      ...planDeploy(bareConfig(), named, 'production', { project, release, from: null, by, place: null }),
      steps: [],
    },
    ...{ startedAt: at, endedAt: null, phase: { name: 'over' }, outcome: null, wayBack: null },
    ...{ approvals: [], steps: [], verification: null, merge: null, isClaimed: true },
    failures: { count: 0, problem: null, retryAt: 0 },
  };
}

/** Every other plan has a step. */
export const isStandIn = ({ plan }: Rollout): boolean => plan.steps.length === 0;
