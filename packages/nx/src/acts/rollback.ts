import { isSettled, nameOf } from '@sluice/core';
import { identityOf } from '@sluice/adapters/git';
import { connectHost } from '@sluice/host/client';
import type { ActOptions } from '../options';
import type { Site } from '../stage/ground';
import { narrator } from '../stage/narrate';

/** Ends the rollout that is under way, or goes back to an earlier release; says where traffic is then. */
export async function rollBack(
  site: Site,
  options: ActOptions<'rollback'>,
  say: (line: string) => void,
): Promise<boolean> {
  const { project, root, checkout } = site;
  const { environment = 'production', to = null, reason = 'deploy-rollback' } = options;
  const host = await connectHost(root);
  const before = await host.state(project, environment);
  const { how } = await host.rollBack({ project, environment, to, reason, by: await identityOf(checkout) });
  if (how === 'live') {
    say(`${environment} is at ${before.stable ? nameOf(before.stable) : 'no release'} already, nothing to do`);
    return true;
  }
  const story = narrator(project, environment);
  const never = new AbortController().signal;
  const state = await host.follow(project, environment, story.tell, isSettled, never);
  story.end();
  const isBack = how === 'ending' || state.rollout?.outcome?.result === 'done';
  say(
    isBack
      ? `${environment} is at ${state.stable ? nameOf(state.stable) : 'no release'}`
      : `the rollback failed: ${state.rollout?.outcome?.reason ?? 'unknown'}`,
  );
  return isBack;
}
