import { sluiceError } from '@sluice/core';
import { identityOf } from '@sluice/adapters/git';
import { connectHost } from '@sluice/host/client';
import type { ActOptions } from '../options';
import { commandOf, type Ground } from '../stage/ground';

/** Allows a release that was rolled back by itself once more; who and why goes into the audit log. */
export async function retry(
  ground: Ground,
  options: ActOptions<'retry'>,
  say: (line: string) => void,
): Promise<boolean> {
  const { project, root, checkout } = ground;
  const { environment = 'production', reason } = options;
  const host = await connectHost(root);
  const { refused } = await host.state(project, environment);
  const release = options.release ?? refused.at(-1)?.release;
  if (!release) throw sluiceError('NOTHING_REFUSED', { environment, command: commandOf(ground, 'deploy-prod') });
  await host.permit({ project, environment, release, reason, by: await identityOf(checkout) });
  say(`release ${release} may be deployed once more: ${commandOf(ground, 'deploy-prod')}`);
  return true;
}
