import {
  environmentNames,
  isSettled,
  nameOf,
  refuse,
  type EnvironmentName,
  type EnvironmentState,
  type ReleaseRef,
} from '@sluice/core';
import { createStateStore } from '@sluice/adapters/files';
import { identityOf } from '@sluice/adapters/git';
import { connectHost, findHost, type HostClient } from '@sluice/host/client';
import type { ActOptions } from '../options';
import type { Site } from '../stage/ground';
import { takeSurroundingsDown, type TakenDown } from './down-surroundings';
import { wasDeployed } from './with-host';

/** After a reboot nothing runs, but the next host would start again what its state says is live, or what a lost state knew of. */
async function wakeForWhatIsLive(project: string, root: string): Promise<HostClient | null> {
  const store = createStateStore(root);
  const mayBeLive = environmentNames.map(async (environment) => {
    const state = await store.load(project, environment);
    return state ? state.stable !== null || !isSettled(state) : wasDeployed(root, { project, environment });
  });
  return (await Promise.all(mayBeLive)).includes(true) ? connectHost(root) : null;
}

/**
 * Takes the project out of service: routes first, then instances; ends the host when nothing else is live. What infra brought up
 * around it goes last, as both environments share it: not where only one of them is taken down.
 */
export async function down(site: Site, options: ActOptions<'down'>, say: (line: string) => void): Promise<boolean> {
  const tell = options.json ? () => undefined : say;
  const own = await takeDown(site, options, tell);
  const surroundings = options.environment ? [] : await takeSurroundingsDown(site, options.volumes ?? false, tell);
  const { outcome } = own;
  if (outcome === 'nothing-to-do' && surroundings.length === 0) tell('nothing is running');
  const report: DownReport = { ...own, outcome: surroundings.length > 0 ? 'done' : outcome, surroundings };
  if (options.json) say(JSON.stringify(report, null, 2));
  return true;
}

/** `--json`. */
interface DownReport {
  project: string;
  outcome: 'done' | 'nothing-to-do';
  /** `released`: what was live there before. */
  environments: { environment: EnvironmentName; released: ReleaseRef | null; stateWasLost: boolean }[];
  hostEnded: boolean;
  /** What a Compose file had brought up. */
  surroundings: TakenDown[];
}

async function takeDown(
  { project, root, checkout }: Site,
  options: ActOptions<'down'>,
  say: (line: string) => void,
): Promise<Omit<DownReport, 'surroundings'>> {
  const host = (await findHost(root)) ?? (await wakeForWhatIsLive(project, root));
  if (!host) return { project, outcome: 'nothing-to-do', environments: [], hostEnded: false };
  const by = await identityOf(checkout);
  const never = new AbortController().signal;
  const before = new Map<EnvironmentName, EnvironmentState>();
  for (const environment of options.environment ? [options.environment] : environmentNames) {
    // all before the first: one that is refused must not leave the project half taken down
    const state = await host.state(project, environment);
    const refusal = refuse(state, { type: 'down', at: Date.now(), by });
    if (refusal) throw refusal;
    before.set(environment, state);
  }
  const taken: DownReport['environments'] = [];
  for (const [environment, { rollout, stable }] of before) {
    const stateWasLost = !rollout && stable !== null;
    await host.takeDown({ project, environment, by });
    await host.follow(
      project,
      environment,
      () => undefined,
      ({ rollout }) => !rollout || rollout.phase.name === 'over',
      never,
    );
    taken.push({ environment, released: stable, stateWasLost });
    const lost = stateWasLost ? `; its state had been lost, what served was ${nameOf(stable)}` : '';
    say(`${project} is out of service in ${environment}${lost}`);
  }
  const hostEnded = await host.close();
  if (hostEnded) say('the host has ended');
  return { project, outcome: 'done', environments: taken, hostEnded };
}
