import type { ReleaseId, Workload } from '../release';
import type { EnvironmentState, Route } from './model';
import { isStandIn } from './stand-in';

type Place = Pick<Route, 'project' | 'environment'>;

export const baselineOf = ({ project, environment }: Place, release: ReleaseId): Workload => ({
  ...{ project, environment, release },
  slot: 'baseline',
});

/** The instances that a slot of a route is served by. */
export const workloadIn = (
  place: Place,
  { slot, release }: Pick<Route['slots'][number], 'slot' | 'release'>,
): Workload =>
  slot === 'baseline'
    ? baselineOf(place, release)
    : { project: place.project, environment: place.environment, release };

/** Every fresh baseline that a rollout may have started. What a lost one had is not known: then any of them. */
export function baselinesOf(state: EnvironmentState): Workload[] {
  const { rollout, stable } = state;
  if (!rollout) return [];
  const { from, release, steps } = rollout.plan;
  if (!isStandIn(rollout))
    return from && steps.some(({ baseline }) => baseline !== undefined) ? [baselineOf(state, from.id)] : [];
  return [release.id, ...(stable ? [stable.id] : [])].map((id) => baselineOf(state, id));
}
