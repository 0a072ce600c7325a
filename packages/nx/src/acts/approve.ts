import { isoInstant, nameOf, sluiceError, validApprovals } from '@sluice/core';
import { identityOf } from '@sluice/adapters/git';
import type { ActOptions } from '../options';
import { commandOf, type Site } from '../stage/ground';
import { withHost } from './with-host';

const environment = 'production';

/** Agrees that the release that is under way begins a stage; who, when and why goes into the state and the audit log. */
export async function approve(
  site: Site,
  options: ActOptions<'approve'>,
  say: (line: string) => void,
): Promise<boolean> {
  const { project, checkout } = site;
  const { stage, reason, json } = options;
  const status = commandOf(site, 'deploy-status');
  const unwanted = () => sluiceError('APPROVAL_NOT_WANTED', { environment, stage, command: status });
  const { rollout, by } = await withHost(site, unwanted, async (host) => {
    const [before, who] = await Promise.all([host.state(project, environment), identityOf(checkout)]);
    const release = options.release ?? before.rollout?.plan.release.id ?? '';
    await host.approve({ project, environment, before: stage, release, reason, by: who });
    return { rollout: (await host.state(project, environment)).rollout, by: who };
  });
  if (!rollout) throw unwanted();
  const { release, approvals } = rollout.plan;
  const given = validApprovals(rollout, stage, Date.now());
  const wanted = approvals.find(({ before }) => before === stage)?.by ?? 0;
  const expires = given.find((one) => one.by === by)?.expires;
  const report = {
    ...{ project, environment, outcome: 'approved', stage, release, by, reason },
    ...{ expires: expires === undefined ? null : isoInstant(expires), given: given.map((one) => one.by), wanted },
  };
  say(
    json
      ? JSON.stringify(report, null, 2)
      : `${by} agrees to ${nameOf(release)} before ${stage}: ${given.length} of ${wanted}; look: ${status}`,
  );
  return true;
}
