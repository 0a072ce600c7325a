import type { EnvironmentState } from '@sluice/core';
import { readStateFile } from '../supervisor/state-file';

/** Whether no instance is to run and no state has a release or a rollout. What can't be read counts as live. */
export async function nothingLive(
  instances: string,
  states: () => Promise<(EnvironmentState | null)[]>,
): Promise<boolean> {
  try {
    return readStateFile(instances).length === 0 && !(await states()).some(isLive);
  } catch {
    return false;
  }
}

/** Whether an environment serves a release or moves one. */
export const isLive = (state: EnvironmentState | null): boolean =>
  state !== null && (state.stable !== null || (state.rollout !== null && state.rollout.phase.name !== 'over'));
