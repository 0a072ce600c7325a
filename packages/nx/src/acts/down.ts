import { environmentNames, isSettled, refuse } from '@sluice/core';
import { createStateStore } from '@sluice/adapters/files';
import { identityOf } from '@sluice/adapters/git';
import { connectHost, findHost, type HostClient } from '@sluice/host/client';
import type { ActOptions } from '../options';
import type { Site } from '../stage/ground';

/** After a reboot nothing runs, but the next host would start again what its state says is live. */
async function wakeForWhatIsLive(project: string, root: string): Promise<HostClient | null> {
  const store = createStateStore(root);
  const states = await Promise.all(environmentNames.map((environment) => store.load(project, environment)));
  return states.some((state) => state && (state.stable || !isSettled(state))) ? connectHost(root) : null;
}

/** Takes the project out of service: routes first, then instances; ends the host when nothing else is live. */
export async function down(
  { project, root, checkout }: Site,
  options: ActOptions<'down'>,
  say: (line: string) => void,
): Promise<boolean> {
  const host = (await findHost(root)) ?? (await wakeForWhatIsLive(project, root));
  if (!host) {
    say('nothing is running');
    return true;
  }
  const by = await identityOf(checkout);
  const never = new AbortController().signal;
  const environments = options.environment ? [options.environment] : environmentNames;
  for (const environment of environments) {
    // all before the first: one that is refused must not leave the project half taken down
    const refusal = refuse(await host.state(project, environment), { type: 'down', at: Date.now(), by });
    if (refusal) throw refusal;
  }
  for (const environment of environments) {
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
