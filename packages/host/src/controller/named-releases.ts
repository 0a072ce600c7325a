import { environmentNames, type StateStore } from '@sluice/core';

/** Releases that a state names are never pruned. */
export async function namedReleases(store: StateStore, project: string): Promise<string[]> {
  const states = await Promise.all(environmentNames.map((environment) => store.load(project, environment)));
  return states.flatMap((state) =>
    [state?.stable?.id, state?.previous?.release.id, state?.rollout?.plan.release.id].flatMap((id) => id ?? []),
  );
}
