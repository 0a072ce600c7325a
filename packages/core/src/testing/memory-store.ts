import type { EnvironmentState } from '../rollout/model';
import { sluiceError } from '../errors';
import { mayReplace } from '../rollout/version';
import type { StateStore } from '../ports';

export interface MemoryStore extends StateStore {
  saves(): number;
  /** What is stored, as it is. */
  held(project: string, environment: string): EnvironmentState | null;
  /** Takes it out, as if it had never been saved. */
  lose(project: string, environment: string): void;
  /** Puts a state there whatever was there before, as somebody does who copies a file back. */
  place(state: EnvironmentState): void;
}

/**
 * Keeps states in memory. What is saved is frozen, so that it stays what it was although nothing is copied; what is loaded
 * went through JSON, as through a file: what does not survive JSON does not survive here. `isTrusting` does neither: quicker, for
 * who has seen elsewhere that nobody changes what was saved.
 */
export function memoryStore({ isTrusting = false } = {}): MemoryStore {
  const states = new Map<string, EnvironmentState>();
  let saves = 0;
  const keyOf = (project: string, environment: string) => `${environment}/${project}`;
  const held = (project: string, environment: string) => states.get(keyOf(project, environment)) ?? null;
  return {
    held,
    async load(project, environment) {
      const state = held(project, environment);
      return isTrusting ? state : state && parse(JSON.stringify(state));
    },
    async save(state, after) {
      const stored = held(state.project, state.environment);
      if (!mayReplace(state, stored, after)) throw sluiceError('STATE_STALE', stored ?? state);
      saves += 1;
      states.set(keyOf(state.project, state.environment), isTrusting ? state : frozen(state));
    },
    saves: () => saves,
    place(state) {
      states.set(keyOf(state.project, state.environment), frozen(state));
    },
    lose(project, environment) {
      states.delete(keyOf(project, environment));
    },
  };
}

/** Most of a state is shared with the one before, and frozen already. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const name in value) frozen(value[name]);
  return Object.freeze(value);
}

const parse: (text: string) => EnvironmentState = JSON.parse;
