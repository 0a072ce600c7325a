import { environmentNames } from '@sluice/core';
import { identityOf } from '@sluice/adapters/git';
import { findHost } from '@sluice/host/client';
import type { ActOptions } from '../options';
import type { Ground } from '../stage/ground';

/** Takes the project out of service: routes first, then instances; ends the host when nothing else is live. */
export async function down(
  { project, root, checkout }: Ground,
  options: ActOptions<'down'>,
  say: (line: string) => void,
): Promise<boolean> {
  const host = await findHost(root);
  if (!host) {
    say('nothing is running');
    return true;
  }
  const by = await identityOf(checkout);
  const never = new AbortController().signal;
  for (const environment of options.environment ? [options.environment] : environmentNames) {
    await host.takeDown({ project, environment, by });
    await host.follow(
      project,
      environment,
      () => undefined,
      ({ rollout }) => !rollout || rollout.phase.name === 'over',
      never,
    );
    say(`${project} is out of service in ${environment}`);
  }
  if (await host.close()) say('the host has ended');
  return true;
}
