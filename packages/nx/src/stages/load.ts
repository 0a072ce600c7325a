import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, runChecks, verdictOf, type LoadRun } from '@sluice/core';
import {
  connectivityCheck,
  loadCheck,
  scriptLoadCheck,
  type ReadUsage,
  type ResultsFile,
} from '@sluice/adapters/checks';
import { buildFolder, createReleaseStore, loadRunFile, writeLoadRun } from '@sluice/adapters/files';
import { startTrial, type Trial } from '@sluice/host/trial';
import { clock } from '../stage/clock';
import type { StageResult, StageRun } from '../stage/run-stage';
import { withScript, type Script } from './script';
import { toolsOf } from './security';

/** Starts the release with staging's settings beside everything else, loads it, and stops it again. */
export async function load(run: StageRun): Promise<StageResult> {
  const { config, evidence, root, checkout, project, signal, say } = run;
  if (!evidence) throw new RangeError('the load stage needs the build');
  const runFile = loadRunFile(checkout, project);
  await rm(runFile, { force: true }); // that of an earlier run
  const folder = await mkdtemp(join(tmpdir(), 'sluice-load-'));
  try {
    await chmod(folder, 0o711); // for a release that runs as another user
    const releases = createReleaseStore(folder);
    await releases.add(evidence.release, join(buildFolder(checkout, project), 'artifact.tgz'));
    const workload = { project, environment: 'staging', release: evidence.release.id };
    const trial = await startTrial({ dir: join(folder, 'host'), repository: root }, releases, workload, signal);
    try {
      const services = await runChecks([connectivityCheck()], { services: config.services }, { clock, signal });
      const results = join(folder, 'results.json');
      const told = { SLUICE_URL: trial.url, BASE_URL: trial.url, SLUICE_RESULTS: results };
      let measured: LoadRun | null = null;
      const loads = await withScript(run, 'load', told, (script) => {
        const by = script ? `"${script.settings.command.join(' ')}"` : `${config.load.connections} connections`;
        say(`loading ${workload.release} at ${trial.url} with ${by}`);
        const target = { baseUrl: trial.url, usage: usageOf(trial) };
        if (!script)
          return runChecks([loadCheck(config.load, (found) => (measured = found))], target, { clock, signal });
        const check = scriptLoadCheck(config.load, script.settings, resultsOf(config, script, results));
        return runChecks([check], { ...target, ...script.subject }, { clock, signal });
      });
      const checks = [...services.filter(({ status }) => status !== 'skip'), ...loads];
      return {
        ...verdictOf(checks, { required: ['load'] }),
        checks,
        figures: loads[0]?.figures ?? {},
        tools: toolsOf(checks),
        produced: await leaveRun(runFile, measured),
      };
    } finally {
      await trial.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where the command leaves its figures: the file that it is told, or one of its own in the project's folder. */
function resultsOf({ load: { results } }: StageRun['config'], { subject }: Script, told: string): ResultsFile | null {
  return results ? { tool: results.tool, path: results.file ? join(subject.folder, results.file) : told } : null;
}

/** What the instance that is loaded uses, and how often any was started again. */
function usageOf(trial: Trial): ReadUsage {
  const port = Number(new URL(trial.url).port);
  return async () => {
    const { instances } = await trial.usage();
    const { cpuPercent = null, memoryBytes = null } = instances.find((instance) => instance.port === port) ?? {};
    return { cpuPercent, memoryBytes, restarts: instances.reduce((sum, { restarts }) => sum + restarts, 0) };
  };
}

/** The receipt names it by its digest. */
async function leaveRun(file: string, run: LoadRun | null): Promise<Record<string, string>> {
  if (!run) return {};
  await writeLoadRun(file, run);
  return { run: digestOf(run) };
}
