import type { Instant } from '../analysis/figures';
import { initialState, recoveredState } from './initial';
import type { AuditEntry, EnvironmentState, Route } from './model';
import { outcomeOf, withdraw } from './moves';
import { workloadIn } from './baseline-workloads';
import { isOver, isSettled, routeOf, shareOf } from './next';
import { within } from './within';
import { isSameWorkload, refOf, type Workload } from '../release';
import type { Clock, ReleaseStore, Runtime, StateStore, TrafficRouter } from '../ports';

export interface Sources {
  clock: Clock;
  store: StateStore;
  router: TrafficRouter;
  releases: Pick<ReleaseStore, 'list'>;
  audit: { read(): Promise<readonly AuditEntry[]> };
  /** `workloadsOf`: what has instances. */
  runtime: Pick<Runtime, 'stop'> & { workloadsOf(project: string, environment: string): Workload[] };
}

const readLimit = 10_000;
const stopLimit = 60_000;

/**
 * Makes `owner` the one driver of an environment. It is saved before anything is done: from then on the store refuses what
 * an older driver would save. Then the split is put in force anew, at once or as the first command of a rollout that is under
 * way, and the router refuses what an older driver still sends.
 *
 * A state that is gone, or older than the route in force, was lost: then what serves is live, and whatever else has
 * traffic or instances is stopped.
 */
export async function takeOver(
  project: string,
  environment: string,
  owner: string,
  from: Sources,
  signal: AbortSignal,
): Promise<EnvironmentState> {
  const saved = await from.store.load(project, environment);
  const route = await within({ name: 'read', limit: readLimit }, from.clock, signal, (scope) =>
    from.router.read(project, environment, scope),
  );
  const isWhole = saved && (!isOver(saved) || isOf(saved, route));
  const state = isWhole ? saved : await recover(saved ?? initialState(project, environment), route, from);
  const running = from.runtime.workloadsOf(project, environment);
  const taken = claimed(withInstances(state, running, from.clock.now()), owner, route);
  await from.store.save(taken, saved);
  const inForce = route && isOver(taken) ? held(route, taken) : route;
  if (inForce && inForce !== route) await put(inForce, from, signal);
  if (!isWhole || isSettled(taken) || taken.rollout?.phase.name === 'publishing')
    await stopStrays(
      taken,
      running.filter((workload) => !hasTraffic(inForce, workload)),
      from,
      signal,
    );
  return taken;
}

/** Whether a state at rest may be what the route in force came of: it is not older, and names all that serves. */
const isOf = ({ generation, sequence, stable }: EnvironmentState, route: Route | null): boolean =>
  route === null ||
  ((generation > route.generation || (generation === route.generation && sequence >= route.sequence)) &&
    route.slots.every(({ slot, release, weight }) => weight === 0 || (release === stable?.id && slot !== 'baseline')));

const hasTraffic = (route: Route | null, workload: Workload): boolean =>
  route?.slots.some((slot) => slot.weight > 0 && isSameWorkload(workloadIn(route, slot), workload)) ?? false;

function claimed(state: EnvironmentState, owner: string, route: Route | null): EnvironmentState {
  const { rollout } = state;
  const generation = Math.max(state.generation, route?.generation ?? 0) + 1;
  return { ...state, owner, generation, sequence: 0, rollout: rollout && { ...rollout, isClaimed: false } };
}

async function recover(state: EnvironmentState, route: Route | null, from: Sources): Promise<EnvironmentState> {
  const { project, environment } = state;
  const [entries, known] = await Promise.all([from.audit.read(), from.releases.list(project)]);
  const own = entries.filter((entry) => entry.project === project && entry.environment === environment);
  return recoveredState(state, {
    route,
    entries: own.map(({ id }) => id),
    releaseOf: (id) => {
      const manifest = known.find((release) => release.id === id);
      return manifest ? refOf(manifest) : null;
    },
    at: from.clock.now(),
  });
}

/** Gives what is live all traffic, under the generation of the driver that took over. */
const held = (route: Route, { generation, sequence, stable }: EnvironmentState): Route => ({
  ...route,
  ...{ generation, sequence },
  slots: stable ? [{ slot: 'stable', release: stable.id, weight: 100 }] : route.slots,
});

const put = (route: Route, { clock, router }: Sources, signal: AbortSignal): Promise<number> =>
  within({ name: 'shift', limit: readLimit }, clock, signal, (scope) => router.apply(route, scope));

/** What has no instances any more gets no traffic again: the rollout of a release, or of a fresh baseline, goes back. */
function withInstances(state: EnvironmentState, running: Workload[], at: Instant): EnvironmentState {
  const { rollout } = state;
  if (!rollout || shareOf(rollout) === null) return state;
  const gone = routeOf(state).slots.find(
    (slot) =>
      (slot.slot === 'baseline' || slot.release === rollout.plan.release.id) &&
      !running.some((workload) => isSameWorkload(workload, workloadIn(state, slot))),
  );
  if (!gone) return state;
  const whose = gone.slot === 'baseline' ? 'the instances of its fresh baseline' : 'its instances';
  return withdraw(state, rollout, outcomeOf(rollout, `${whose} were gone when the driver came back`, at, 'world'));
}

/**
 * Instances that the state does not name: of a rollout that it knows nothing of, of an old release that was warm. One that
 * still has traffic is left for the next driver to find.
 */
async function stopStrays(
  { stable, previous }: EnvironmentState,
  running: Workload[],
  { clock, runtime }: Sources,
  signal: AbortSignal,
): Promise<void> {
  const warm = previous?.warmUntil ? previous.release.id : null;
  const named = [stable?.id, warm];
  const strays = running.filter(({ release, slot }) => slot === 'baseline' || !named.includes(release));
  if (strays.length === 0) return;
  await within({ name: 'stop', limit: stopLimit }, clock, signal, (scope) =>
    Promise.all(strays.map((workload) => runtime.stop(workload, scope))),
  );
}
