/** Git: which commit this is, what differs from it, and the isolated worktree of a deployment. */
export { findCheckout, findRepository, type Repository } from './repository';
export { removeIgnored } from './clean';
export { listChanges } from './changes';
export { listBlobs, type Blob } from './blobs';
export { findNamed } from './find-named';
export { excludeLocally } from './exclude';
export { resolveCommit } from './commit';
export { ensureWorktree, isDeploymentWorktree, type Worktree, type WorktreeRequest } from './worktree';
export { whileNobodyElse } from './worktree-lock';
export type { Tenancy } from './worktree-choice';
export { identityOf } from './identity';
export { findBase } from './merge/base-branch';
export { mergeDeployment } from './merge/merge-deployment';
export type { MergeRequest } from './merge/request';
export { cleanWorktrees, type CleanRequest, type Cleaned } from './worktree-clean';
export { isolationOf, type Isolation } from './isolation';
export { surveyWorktrees, type SurveyedWorktree } from './worktree-survey';
