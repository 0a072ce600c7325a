import { dirname, join } from 'node:path';
import { worktreeKeyOf, worktreeName, type WorktreeKey } from '../files/paths';
import type { WorktreeUse } from '../files/worktree-uses';
import { hasCode } from '../durable/durable-file';

/** What a run knows of those that work beside it. Called while nobody else can take a worktree. */
export interface Tenancy {
  /** The project that is deployed. */
  project: string;
  /** What others have unfinished. Rejects where one of them stands in the way of a run at this commit. */
  uses(commit: string): Promise<WorktreeUse[]>;
  /** Notes that this run works there from now on. */
  claim(path: string, commit: string): Promise<void>;
  /** Told of a worktree that was wanted and is not free. */
  passOver(path: string, why: string): void;
}

/** A caller that works alone. */
export const unattended: Tenancy = {
  project: '',
  uses: async () => [],
  claim: async () => undefined,
  passOver: () => undefined,
};

interface Wanted extends WorktreeKey {
  /** The folder of all deployment worktrees. */
  folder: string;
  commit: string;
}

/**
 * Takes the wanted worktree, or the first after it, by task number, that no other commit needs and that can be taken. What is
 * unfinished of the same project and commit is gone on with where it is. `isUsed`: something else is unfinished there.
 */
export async function takeFirstFree<T>(
  { phase, task: first, folder, commit }: Wanted,
  tenancy: Tenancy,
  take: (path: string, key: WorktreeKey, isUsed: boolean) => Promise<T>,
): Promise<T> {
  const uses = await tenancy.uses(commit);
  const own = uses
    .filter((use) => use.project === tenancy.project && use.commit === commit && dirname(use.worktree) === folder)
    .map(({ worktree }) => worktreeKeyOf(worktree))
    .find((key) => key?.phase === phase && key.task >= first);
  const passed: [string, string][] = [];
  for (let task = own?.task ?? first; ; task += 1) {
    const key = { phase, task };
    const path = join(folder, worktreeName(key));
    const there = uses.filter((use) => use.worktree === path);
    const other = there.find((use) => use.commit !== commit);
    try {
      if (!other) {
        const taken = await take(path, key, there.length > 0);
        for (const [place, why] of passed) tenancy.passOver(place, why);
        return taken;
      }
      passed.push([path, `${other.by} needs it at ${other.commit.slice(0, 12)}`]);
    } catch (error) {
      // the first is what was asked for: whoever did hears of it
      if (passed.length === 0 || !hasCode(error, 'TREE_DIRTY', 'WORKTREE_OCCUPIED')) throw error;
      passed.push([path, error instanceof Error ? error.message : String(error)]);
    }
  }
}
