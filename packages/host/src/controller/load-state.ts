import {
  initialState,
  recoveredState,
  refOf,
  type AuditEntry,
  type Clock,
  type EnvironmentState,
  type ReleaseStore,
  type StateStore,
  type TrafficRouter,
} from '@sluice/core';

interface Sources {
  store: Pick<StateStore, 'load'>;
  router: Pick<TrafficRouter, 'read'>;
  releases: Pick<ReleaseStore, 'list'>;
  audit: { read(): Promise<AuditEntry[]> };
  clock: Clock;
}

const limit = 10_000;

/** The state as it was saved; without any, what router and audit log still know of the environment. */
export async function loadState(project: string, environment: string, from: Sources): Promise<EnvironmentState> {
  const saved = await from.store.load(project, environment);
  if (saved) return saved;
  const [route, entries, known] = await Promise.all([
    from.router.read(project, environment, AbortSignal.timeout(limit)),
    from.audit.read(),
    from.releases.list(project),
  ]);
  const own = entries.filter((entry) => entry.project === project && entry.environment === environment);
  return recoveredState(initialState(project, environment), {
    route,
    entries: own.map(({ id }) => id),
    releaseOf: (id) => {
      const manifest = known.find((release) => release.id === id);
      return manifest ? refOf(manifest) : null;
    },
    at: from.clock.now(),
  });
}
