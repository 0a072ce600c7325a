import { nameOf, sluiceError } from '@sluice/core';
import { identityOf } from '@sluice/adapters/git';
import type { ActOptions } from '../options';
import { commandOf, type Site } from '../stage/ground';
import { withHost } from './with-host';

const environment = 'production';

/** Takes the release back that waits for approval; who and why goes into the audit log and the report. */
export async function reject(site: Site, options: ActOptions<'reject'>, say: (line: string) => void): Promise<boolean> {
  const { project, checkout } = site;
  const { stage, reason, json } = options;
  const status = commandOf(site, 'deploy-status');
  const unwanted = () =>
    sluiceError('APPROVAL_NOT_WANTED', { environment, stage: stage ?? 'any stage', command: status });
  const { release, by } = await withHost(site, unwanted, async (host) => {
    const [{ rollout }, who] = await Promise.all([host.state(project, environment), identityOf(checkout)]);
    const id = options.release ?? rollout?.plan.release.id ?? '';
    await host.reject({ project, environment, ...(stage && { before: stage }), release: id, reason, by: who });
    return { release: rollout?.plan.release ?? null, by: who };
  });
  const name = release ? nameOf(release) : 'the release';
  say(
    json
      ? JSON.stringify({ project, environment, outcome: 'rejected', release, by, reason }, null, 2)
      : `${by} rejects ${name}: it is taken back; look: ${status}`,
  );
  return true;
}
