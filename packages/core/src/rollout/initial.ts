import type { EnvironmentState } from './model';

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
