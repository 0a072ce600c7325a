import { sluiceError } from '@sluice/core';
import { createLeftRollouts } from '@sluice/adapters/files';
import { identityOf } from '@sluice/adapters/git';
import { connectHost } from '@sluice/host/client';
import type { ActOptions } from '../options';
import { commandOf, type Site } from '../stage/ground';

/** Allows a release that was rolled back by itself once more; who and why goes into the audit log. */
export async function retry(site: Site, options: ActOptions<'retry'>, say: (line: string) => void): Promise<boolean> {
  const { project, root, checkout } = site;
  const { environment = 'production', reason } = options;
  const host = await connectHost(root);
  const { refused } = await host.state(project, environment);
  const release = options.release ?? refused.at(-1)?.release;
  if (!release) throw sluiceError('NOTHING_REFUSED', { environment, command: commandOf(site, 'deploy-prod') });
  await host.permit({ project, environment, release, reason, by: await identityOf(checkout) });
  await createLeftRollouts(root).forget(project, environment); // whoever retries has heard how it ended
  say(`release ${release} may be deployed once more: ${commandOf(site, 'deploy-prod')}`);
  return true;
}
