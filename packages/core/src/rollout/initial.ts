import type { Instant } from '../analysis/figures';
import type { ReleaseRef } from '../release';
import { routerDefaults } from '../config/schema';
import { entered, generationOf } from './journal';
import { standIn } from './stand-in';
import type { EnvironmentState, Listening, Route } from './model';

/** An environment that nothing was ever deployed to. */
export const initialState = (project: string, environment: string): EnvironmentState => ({
  version: 1,
  project,
  environment,
  generation: 0,
  sequence: 0,
  owner: '',
  at: 0,
  stable: null,
  listening: null,
  previous: null,
  refused: [],
  unfrozen: null,
  rollout: null,
  outbox: [],
  audit: { head: null, count: 0 },
});

/** What is left of an environment whose state is gone: what its router serves, and its entries in the audit log. */
export interface Traces {
  route: Route | null;
  /** Ids of its entries in the audit log. */
  entries: string[];
  /** A release by its id, as far as this machine still has it. */
  releaseOf(id: string): ReleaseRef | null;
  at: Instant;
}

/**
 * The state of an environment whose own is gone, or older than its route. Where there are traces, what serves is live, what
 * else the route names loses its traffic and is stopped, and the count goes on, since routes and entries of a number that
 * is taken are refused.
 */
export function recoveredState(before: EnvironmentState, { route, entries, releaseOf, at }: Traces): EnvironmentState {
  const newest = Math.max(before.generation, route?.generation ?? 0);
  const generation = entries.reduce((most, id) => Math.max(most, generationOf(id)), newest);
  if (generation === 0) return before;
  const served = servedBy(route);
  const known = served.flatMap((id) => releaseOf(id) ?? []);
  const [stable = route ? null : before.stable] = known;
  const other = stable && otherOf(stable, served, releaseOf);
  const state: EnvironmentState = {
    ...before,
    generation: generation + 1,
    stable,
    listening: route && stable ? listeningOf(route) : before.listening,
    previous: other ? { release: other, warmUntil: null } : null,
    rollout: null,
  };
  const reason = `the state was gone; ${stable ? `${stable.id} serves` : 'nothing serves'}`;
  const noted = entered(state, [{ what: 'recovered', detail: reason, at, ...(stable ? { release: stable.id } : {}) }]);
  if (!other) return noted;
  const rollout = standIn(noted, other, { at, by: 'sluice' });
  const outcome = { result: 'failed', reason, at, cause: 'world' } as const;
  return { ...noted, rollout: rollout && { ...rollout, phase: { name: 'withdrawing', outcome } } };
}

/** The releases that have traffic, the one with most of it first. A release may have several slots. */
function servedBy(route: Route | null): string[] {
  const shares = new Map<string, number>();
  for (const { release, weight } of route?.slots ?? [])
    if (weight > 0) shares.set(release, (shares.get(release) ?? 0) + weight);
  return [...shares].sort(([, a], [, b]) => b - a).map(([release]) => release);
}

/** The other release of a split, also one that this machine does not have: it is to lose its traffic. */
function otherOf(stable: ReleaseRef, served: string[], releaseOf: Traces['releaseOf']): ReleaseRef | null {
  const id = served.find((release) => release !== stable.id);
  return id === undefined ? null : (releaseOf(id) ?? { id, commit: '', configuration: null });
}

const listeningOf = ({ host, port, settings }: Route): Listening => ({
  host,
  port,
  router: settings ?? routerDefaults(),
});
