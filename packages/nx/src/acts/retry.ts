import { retryCommand, sluiceError, type EnvironmentState } from '@sluice/core';
import { createLeftRollouts } from '@sluice/adapters/files';
import { identityOf } from '@sluice/adapters/git';
import type { ActOptions } from '../options';
import { commandOf, type Site } from '../stage/ground';
import { withHost } from './with-host';

/** Allows a release that was rolled back by itself once more; who and why goes into the audit log. */
export async function retry(site: Site, options: ActOptions<'retry'>, say: (line: string) => void): Promise<boolean> {
  const { project, root, checkout } = site;
  const { environment = 'production', reason } = options;
  const never = () =>
    options.release
      ? sluiceError('RELEASE_NOT_REFUSED', { release: options.release, environment, refused: [] })
      : nothingRefused(site, environment);
  const { release, refusedFor } = await withHost(site, never, async (host) => {
    const { refused } = await host.state(project, environment);
    const wanted = options.release ?? onlyOne(site, environment, refused);
    await host.permit({ project, environment, release: wanted, reason, by: await identityOf(checkout) });
    return { release: wanted, refusedFor: refused.find((refusal) => refusal.release === wanted)?.reason ?? null };
  });
  await createLeftRollouts(root).forget(project, environment); // whoever retries has heard how it ended
  const next = commandOf(site, 'deploy-prod');
  const report = { project, environment, outcome: 'allowed', release, refusedFor, next };
  say(options.json ? JSON.stringify(report, null, 2) : `release ${release} may be deployed once more: ${next}`);
  return true;
}

/** Which one is meant is not guessed: the newest may not be the one that whoever asks has in mind. */
function onlyOne(site: Site, environment: string, refused: EnvironmentState['refused']): string {
  const [first, ...others] = refused.map(({ release }) => release);
  if (!first) throw nothingRefused(site, environment);
  if (!others.length) return first;
  const commands = [first, ...others].map((release) => retryCommand(commandOf(site, 'deploy-retry'), release));
  throw sluiceError('SEVERAL_REFUSED', { environment, commands });
}

const nothingRefused = (site: Site, environment: string) =>
  sluiceError('NOTHING_REFUSED', { environment, command: commandOf(site, 'deploy-prod') });
