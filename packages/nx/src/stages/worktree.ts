import { sluiceError } from '@sluice/core';
import { ensureWorktree, listChanges } from '@sluice/adapters/git';
import type { StageResult, StageRun } from '../stage/run-stage';
import { worktreeKey } from '../stage/ground';

/** Makes or adopts the isolated worktree at the commit that is being deployed; refuses a tree with changes. */
export async function worktree({ root, checkout, head, say }: StageRun): Promise<StageResult> {
  const files = await listChanges(checkout);
  if (files.length) throw sluiceError('TREE_DIRTY', { folder: checkout, files });
  const { path, branch, created } = await ensureWorktree({ root, commit: head, from: checkout, ...worktreeKey });
  say(`${created ? 'created' : 'adopted'} ${path} on ${branch} at ${head.slice(0, 12)}`);
  return { verdict: 'pass', reasons: [`${branch} is at ${head.slice(0, 12)}`], produced: { commit: head } };
}
