import { basename } from 'node:path';
import { lstat, realpath } from 'node:fs/promises';
import { hasCode } from '../durable/durable-file';
import { worktreeBranch, worktreeKeyOf } from '../files/paths';
import { writtenIn } from '../files/run-records';
import { listWorktreeUses, type WorktreeUse } from '../files/worktree-uses';
import { listChanges } from './changes';
import { locate } from './repository';
import { listWorktrees, type WorktreeEntry } from './worktree-list';
import { isUnfinished } from './worktree-marker';
import { placeAt } from './worktree-place';

/** A worktree that is named like one of a deployment, and all that is known of it. */
export interface SurveyedWorktree extends WorktreeEntry {
  /** `phase-6-task-1` */
  name: string;
  /** Its branch is the one that the pipeline gives it. */
  isOwn: boolean;
  /**
   * `ready`; `gone`: its folder is not there; `unfinished`: a killed run left it half made, the next one mends it; `unreadable`: git
   * can't work in it.
   */
  condition: 'ready' | 'gone' | 'unfinished' | 'unreadable';
  /** Changed and untracked files that the pipeline did not write. */
  changes: string[];
  /** What is unfinished in it. */
  uses: WorktreeUse[];
}

/** The worktrees of a repository that are named like those of deployments, in the order of their names. */
export async function surveyWorktrees(folder: string): Promise<SurveyedWorktree[]> {
  const root = await realpath(folder);
  const { commonFolder } = await locate(root);
  const [, ...linked] = await listWorktrees(root);
  const uses = await listWorktreeUses(root);
  const found = linked.flatMap((entry) => {
    const key = worktreeKeyOf(entry.path);
    return key ? [{ entry, key }] : [];
  });
  found.sort((a, b) => a.key.phase - b.key.phase || a.key.task - b.key.task);
  return Promise.all(
    found.map(async ({ entry, key }) => ({
      ...entry,
      name: basename(entry.path),
      isOwn: entry.branch === worktreeBranch(key),
      ...(await lookInto(root, commonFolder, entry.path)),
      uses: uses.filter(({ worktree }) => worktree === entry.path),
    })),
  );
}

async function lookInto(
  root: string,
  commonFolder: string,
  path: string,
): Promise<Pick<SurveyedWorktree, 'condition' | 'changes'>> {
  const isGone = await lstat(path).then(
    () => false,
    (error: unknown) => hasCode(error, 'ENOENT', 'ENOTDIR'),
  );
  if (isGone) return { condition: 'gone', changes: [] };
  const place = await placeAt(root, commonFolder, path);
  if (!place) return { condition: 'unreadable', changes: [] };
  if (await isUnfinished(place)) return { condition: 'unfinished', changes: [] };
  return listChanges(path, await writtenIn(root, path)).then(
    (changes) => ({ condition: 'ready' as const, changes }),
    () => ({ condition: 'unreadable' as const, changes: [] }),
  );
}
