import {
  initialState,
  recoveredState,
  refOf,
  type AuditEntry,
  type Clock,
  type EnvironmentState,
  type ReleaseStore,
  type Runtime,
  type StateStore,
  type TrafficRouter,
} from '@sluice/core';

interface Sources {
  store: Pick<StateStore, 'load'>;
  router: Pick<TrafficRouter, 'read'>;
  releases: Pick<ReleaseStore, 'list'>;
  audit: { read(): Promise<AuditEntry[]> };
  /** `releasesOf`: those that have instances. */
  supervisor: Pick<Runtime, 'stop'> & { releasesOf(project: string, environment: string): string[] };
  clock: Clock;
}

const limit = 10_000;
const strayLimit = 60_000;

/**
 * The state as it was saved; without any, what router and audit log still know of the environment. Instances that no
 * state would name any more, such as those of an old release that was warm, are stopped then.
 */
export async function loadState(project: string, environment: string, from: Sources): Promise<EnvironmentState> {
  const saved = await from.store.load(project, environment);
  if (saved) return saved;
  const [route, entries, known] = await Promise.all([
    from.router.read(project, environment, AbortSignal.timeout(limit)),
    from.audit.read(),
    from.releases.list(project),
  ]);
  const own = entries.filter((entry) => entry.project === project && entry.environment === environment);
  const state = recoveredState(initialState(project, environment), {
    route,
    entries: own.map(({ id }) => id),
    releaseOf: (id) => {
      const manifest = known.find((release) => release.id === id);
      return manifest ? refOf(manifest) : null;
    },
    at: from.clock.now(),
  });
  const named = [state.stable?.id, state.previous?.release.id];
  const strays = from.supervisor.releasesOf(project, environment).filter((release) => !named.includes(release));
  const signal = AbortSignal.timeout(strayLimit);
  await Promise.all(strays.map((release) => from.supervisor.stop({ project, environment, release }, signal)));
  return state;
}
