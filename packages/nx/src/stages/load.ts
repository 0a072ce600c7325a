import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecks, verdictOf } from '@sluice/core';
import { connectivityCheck, loadCheck } from '@sluice/adapters/checks';
import { buildFolder, createReleaseStore } from '@sluice/adapters/files';
import { startTrial } from '@sluice/host/trial';
import { clock } from '../stage/clock';
import type { StageResult, StageRun } from '../stage/run-stage';
import { toolsOf } from './security';

/** Starts the release with staging's settings beside everything else, loads it, and stops it again. */
export async function load({ config, evidence, root, checkout, project, signal, say }: StageRun): Promise<StageResult> {
  if (!evidence) throw new RangeError('the load stage needs the build');
  const folder = await mkdtemp(join(tmpdir(), 'sluice-load-'));
  try {
    await chmod(folder, 0o711); // for a release that runs as another user
    const releases = createReleaseStore(folder);
    await releases.add(evidence.release, join(buildFolder(checkout, project), 'artifact.tgz'));
    const workload = { project, environment: 'staging', release: evidence.release.id };
    const trial = await startTrial({ dir: join(folder, 'host'), repository: root }, releases, workload, signal);
    try {
      say(`loading ${workload.release} at ${trial.url} with ${config.load.connections} connections`);
      const services = await runChecks([connectivityCheck()], { services: config.services }, { clock, signal });
      const loads = await runChecks([loadCheck(config.load)], { baseUrl: trial.url }, { clock, signal });
      const checks = [...services.filter(({ status }) => status !== 'skip'), ...loads];
      return {
        ...verdictOf(checks, { required: ['load'] }),
        checks,
        figures: loads[0]?.figures ?? {},
        tools: toolsOf(checks),
      };
    } finally {
      await trial.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
