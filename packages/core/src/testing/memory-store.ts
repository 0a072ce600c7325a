import type { EnvironmentState } from '../rollout/model';
import type { StateStore } from '../ports';

export interface MemoryStore extends StateStore {
  saves(): number;
  /** The length of the longest state so far, as JSON. */
  largest(): number;
}

/** Keeps states as JSON, as a file would: what does not survive JSON does not survive here. */
export function memoryStore(): MemoryStore {
  const states = new Map<string, string>();
  let saves = 0;
  let largest = 0;
  const keyOf = (project: string, environment: string) => JSON.stringify([project, environment]);
  return {
    async load(project, environment) {
      const text = states.get(keyOf(project, environment));
      return text === undefined ? null : parse(text);
    },
    async save(state) {
      const text = JSON.stringify(state);
      saves += 1;
      largest = Math.max(largest, text.length);
      states.set(keyOf(state.project, state.environment), text);
    },
    saves: () => saves,
    largest: () => largest,
  };
}

const parse: (text: string) => EnvironmentState = JSON.parse;
