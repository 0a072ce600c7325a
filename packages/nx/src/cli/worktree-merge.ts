import { sluiceError, type MergeOutcome } from '@sluice/core';
import { withHost } from '../acts/with-host';
import type { Desk } from './desk';
import type { Exit } from './exit-codes';
import { findSite } from './find-site';

/** Has the host merge what waits, however an earlier merge ended; prints what came of it. */
export async function worktreeMerge(
  { cwd, say }: Desk,
  project: string,
  { json }: { json?: boolean | undefined },
): Promise<Exit> {
  const site = await findSite(cwd, project);
  const never = () => sluiceError('NOTHING_TO_MERGE', { project });
  const outcome = await withHost(site, never, (host) => host.merge(project));
  say(json ? JSON.stringify({ project, ...outcome }, null, 2) : textOf(outcome));
  return outcome.result === 'waiting' || outcome.pushed === false ? 'waiting' : 'done';
}

const textOf = ({ reason, command }: MergeOutcome): string => (command ? `${reason}\n  -> ${command}` : reason);
