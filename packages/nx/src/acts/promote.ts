import { nameOf, sluiceError } from '@sluice/core';
import { identityOf } from '@sluice/adapters/git';
import type { ActOptions } from '../options';
import { commandOf, type Site } from '../stage/ground';
import { withHost } from './with-host';

/** Lets a step go on that is held without a conclusion; who and why goes into the audit log and the report. */
export async function promote(
  site: Site,
  options: ActOptions<'promote'>,
  say: (line: string) => void,
): Promise<boolean> {
  const { project, checkout } = site;
  const { environment = 'production', reason } = options;
  const never = () => sluiceError('ROLLOUT_NOT_HELD', { environment, command: commandOf(site, 'deploy-status') });
  const { release, traffic } = await withHost(site, never, async (host) => {
    const { rollout } = await host.state(project, environment);
    await host.promote({ project, environment, reason, by: await identityOf(checkout) });
    return { release: rollout?.plan.release ?? null, traffic: rollout?.steps.at(-1)?.traffic ?? null };
  });
  const next = commandOf(site, 'deploy-prod');
  const report = { project, environment, outcome: 'promoted', release, traffic, next };
  const name = release ? nameOf(release) : 'the release';
  say(
    options.json
      ? JSON.stringify(report, null, 2)
      : `${name} goes on from ${traffic ?? '?'} % of ${environment}; follow it: ${next}`,
  );
  return true;
}
