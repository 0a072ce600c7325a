import type { Instant } from '../analysis/figures';
import type { ReleaseRef } from '../release';
import { entered } from './journal';
import type { EnvironmentState, Route } from './model';

/** An environment that nothing was ever deployed to. */
export const initialState = (project: string, environment: string): EnvironmentState => ({
  version: 1,
  project,
  environment,
  generation: 0,
  sequence: 0,
  stable: null,
  previous: null,
  refused: [],
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
 * The state of an environment that has none. Where there are traces, it was lost: what serves is live, what else has
 * traffic is stopped by the next rollout, and the count goes on, since routes and entries of a number that is taken are
 * refused.
 */
export function recoveredState(empty: EnvironmentState, { route, entries, releaseOf, at }: Traces): EnvironmentState {
  const taken = entries.map((id) => Number(/(\d+)\.\d+\.\d+$/.exec(id)?.[1] ?? 0));
  const generation = taken.reduce((most, each) => Math.max(most, each), route?.generation ?? 0);
  if (generation === 0) return empty;
  const releases = route?.slots.flatMap(({ release }) => releaseOf(release) ?? []) ?? [];
  const [stable = null, other] = releases;
  const found = stable ? `${stable.id} serves` : 'nothing serves';
  return entered(
    { ...empty, generation: generation + 1, stable, previous: other ? { release: other, warmUntil: at } : null },
    [{ what: 'recovered', detail: `the state was gone; ${found}`, at, ...(stable ? { release: stable.id } : {}) }],
  );
}
