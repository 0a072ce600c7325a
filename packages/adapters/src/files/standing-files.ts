import { stat } from 'node:fs/promises';
import type { DeploymentFiles } from './deployment';

/** A worktree that was removed is not made again by what would be written there, which goes to the main checkout. */
export function standingFiles(files: DeploymentFiles, root: string): DeploymentFiles {
  const isFolder = (path: string) =>
    stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
  const at = async (worktree: string) => ((await isFolder(worktree)) ? worktree : root);
  return {
    receipts: (checkout, project) => files.receipts(checkout, project),
    writeReport: async (worktree, project, text) => files.writeReport(await at(worktree), project, text),
    beginSignals: async (worktree, ...rest) => files.beginSignals(await at(worktree), ...rest),
    writeSignals: async (worktree, project, signals) => files.writeSignals(await at(worktree), project, signals),
    isTold: files.isTold,
    log: async (worktree, ...rest) => files.log(await at(worktree), ...rest),
  };
}
