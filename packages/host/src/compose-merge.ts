import { runChecks, SluiceError, type Clock, type EnvironmentState, type MergeOutcome } from '@sluice/core';
import { targetCheck } from '@sluice/adapters/checks';
import { installDependencies } from '@sluice/adapters/dependencies';
import { findBase, findRepository, mergeDeployment } from '@sluice/adapters/git';
import type { GroundOf } from './controller/rollouts';

/** The base branch and the commit of a deployment; what can't be found is unknown, and the merge will say so. */
export const groundOf: GroundOf = async ({ checkout, worktree }) => {
  const [base, commit] = await Promise.all([
    findBase(checkout).catch(() => null),
    findRepository(worktree).then(
      ({ head }) => head,
      () => null,
    ),
  ]);
  return { base, commit };
};

/** The merge of what a rollout that is done wrote into its base branch. */
export function createMerge(root: string, clock: Clock, say: (line: string) => void) {
  return async (state: EnvironmentState, signal: AbortSignal): Promise<MergeOutcome | null> => {
    const { project, rollout } = state;
    const { place, merge, release, by } = rollout?.plan ?? {};
    if (!rollout || !place || !merge || !release || by === undefined || merge.how === 'never') return null;
    const { how, base, commit, files, target, install } = merge;
    return mergeDeployment({
      ...{
        root,
        worktree: place.worktree,
        project,
        release: release.id,
        id: `${project}/production/${rollout.number}`,
      },
      ...{ since: rollout.startedAt, by, how, base, commit, files },
      again: `npx sluice worktree merge ${project}`,
      validate: async (folder, ending) => {
        try {
          await installDependencies({ folder, root, policy: install, signal: ending, say });
        } catch (thrown) {
          if (!(thrown instanceof SluiceError)) throw thrown;
          return { ok: false, reason: thrown.message };
        }
        const check = targetCheck(target, { targets: [target], allowNoTests: true });
        const [built] = await runChecks(
          [check],
          { worktree: folder, project, targets: [target] },
          { clock, signal: ending },
        );
        const lines = built?.findings.map(({ message }) => message).join('\n') ?? '';
        const reason = [built?.reason ?? 'it could not be built', ...(lines ? [lines] : [])].join('\n');
        return { ok: built?.status === 'pass', reason };
      },
      signal,
    });
  };
}
