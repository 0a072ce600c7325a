import { relative } from 'node:path';
import { retryCommand, type EnvironmentState } from '@sluice/core';
import { hostFolder, reportFile } from '@sluice/adapters/files';
import { commandOf, type Site } from './ground';

/** What to do after a rollout of a release that ended badly, and where to look, in one line each. */
export function nextSteps(site: Site, { rollout, refused }: EnvironmentState, release: string): string[] {
  const again = commandOf(site, 'deploy-prod');
  const isOwn = rollout?.plan.release.id === release;
  if (!isOwn) return [`see what is live and who took it there: ${commandOf(site, 'deploy-status')}`];
  const isRefused = refused.some((refusal) => refusal.release === release);
  const isByHand = rollout.outcome?.cause === 'person';
  const what = isRefused
    ? `mend the cause and commit; or allow this very release once more: ${retryCommand(commandOf(site, 'deploy-retry'), release)}`
    : `${isByHand ? 'if it is wanted all the same,' : 'mend the cause and'} run again: ${again}`;
  return [what, whereToLook(site, release)];
}

export function whereToLook({ root, worktree }: Site, release: string): string {
  const from = (path: string) => relative(root, path);
  return `report: ${from(reportFile(worktree))} · logs of its instances: ${release}-*.log under ${from(hostFolder(root))}/logs`;
}
