import { isSettled, nameOf, sluiceError, type EnvironmentName, type ReleaseRef } from '@sluice/core';
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
  const { environment = 'production', json } = options;
  const never = () => sluiceError('NO_WAY_BACK', { environment });
  const tell = json ? () => undefined : say;
  const report = await withHost(site, never, (host) => goBack(host, site, { ...options, environment }, tell));
  if (json) say(JSON.stringify(report, null, 2));
  return report.outcome !== 'failed';
}

/** `--json`. */
interface RollbackReport {
  project: string;
  environment: EnvironmentName;
  outcome: 'done' | 'nothing-to-do' | 'failed';
  reason: string | null;
  /** What is live now, what has no traffic any more, and what was gone to; `null` where there is none. */
  releases: { stable: ReleaseRef | null; withdrawn: ReleaseRef | null; tried: ReleaseRef | null };
}

async function goBack(
  host: HostClient,
  site: Site,
  options: ActOptions<'rollback'> & { environment: EnvironmentName },
  say: (line: string) => void,
): Promise<RollbackReport> {
  const { project, root, checkout } = site;
  const { environment, to = null, reason = 'deploy-rollback', json } = options;
  const place = { project, environment };
  const [before, by] = await Promise.all([host.state(project, environment), identityOf(checkout)]);
  const { how } = await host.rollBack({ ...place, to, reason, by });
  if (how === 'live') {
    say(`${environment} is at ${named(before.stable)} already, nothing to do`);
    const releases = { stable: before.stable, withdrawn: null, tried: null };
    return { ...place, outcome: 'nothing-to-do', reason: null, releases };
  }
  const story = json ? null : narrator(project, environment, how === 'ending' ? null : root);
  const never = new AbortController().signal;
  const { rollout, stable } = await host.follow(project, environment, (state) => story?.tell(state), isSettled, never);
  await story?.end();
  const isBack = how === 'ending' || rollout?.outcome?.result === 'done';
  const end = rollout?.outcome?.reason ?? null;
  say(isBack ? `${environment} is at ${named(stable)}` : `the rollback failed: ${end ?? 'unknown'}`);
  const latest = rollout?.plan.release ?? null;
  if (!isBack && latest) {
    say(`  -> ${environment} stays at ${named(stable)}; --to=RELEASE goes elsewhere`);
    say(`  -> ${whereToLook(site, latest.id)}`);
  }
  const releases =
    how === 'ending'
      ? { stable, withdrawn: latest, tried: null }
      : { stable, withdrawn: isBack ? before.stable : null, tried: latest };
  return { ...place, outcome: isBack ? 'done' : 'failed', reason: end, releases };
}

const named = (release: ReleaseRef | null): string => (release ? nameOf(release) : 'no release');
