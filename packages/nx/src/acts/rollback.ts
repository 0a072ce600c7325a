import { isSettled, nameOf, sluiceError, type EnvironmentName } from '@sluice/core';
import { identityOf } from '@sluice/adapters/git';
import type { HostClient } from '@sluice/host/client';
import type { ActOptions } from '../options';
import type { Site } from '../stage/ground';
import { narrator } from '../stage/narrate';
import { whereToLook } from '../stage/next-step';
import { withHost } from './with-host';

/** Ends the rollout that is under way, or goes back to an earlier release; says where traffic is then. */
export async function rollBack(
  site: Site,
  options: ActOptions<'rollback'>,
  say: (line: string) => void,
): Promise<boolean> {
  const { environment = 'production' } = options;
  const never = () => sluiceError('NO_WAY_BACK', { environment });
  return withHost(site, never, (host) => goBack(host, site, { ...options, environment }, say));
}

async function goBack(
  host: HostClient,
  site: Site,
  options: ActOptions<'rollback'> & { environment: EnvironmentName },
  say: (line: string) => void,
): Promise<boolean> {
  const { project, root, checkout } = site;
  const { environment, to = null, reason = 'deploy-rollback' } = options;
  const [before, by] = await Promise.all([host.state(project, environment), identityOf(checkout)]);
  const { how } = await host.rollBack({ project, environment, to, reason, by });
  if (how === 'live') {
    say(`${environment} is at ${before.stable ? nameOf(before.stable) : 'no release'} already, nothing to do`);
    return true;
  }
  const story = narrator(project, environment, how === 'ending' ? null : root);
  const never = new AbortController().signal;
  const state = await host.follow(project, environment, story.tell, isSettled, never);
  await story.end();
  const isBack = how === 'ending' || state.rollout?.outcome?.result === 'done';
  say(
    isBack
      ? `${environment} is at ${state.stable ? nameOf(state.stable) : 'no release'}`
      : `the rollback failed: ${state.rollout?.outcome?.reason ?? 'unknown'}`,
  );
  const tried = state.rollout?.plan.release.id;
  if (!isBack && tried) {
    say(
      `  -> ${environment} stays at ${state.stable ? nameOf(state.stable) : 'no release'}; --to=RELEASE goes elsewhere`,
    );
    say(`  -> ${whereToLook(site, tried)}`);
  }
  return isBack;
}
