import { runChecks, type CheckResult, type Surroundings } from '@sluice/core';
import { connectivityCheck } from '@sluice/adapters/checks';
import { createDeploymentFiles } from '@sluice/adapters/files';
import { clock } from '../stage/clock';
import type { StageRun } from '../stage/run-stage';

/**
 * What is to be around the release, by the files of the worktree; `null` where the host alone is enough. What drives containers is
 * loaded only where there is something for it. Rejects with `ENGINE_UNREACHABLE`, `COMPOSE_MISSING`, `COMPOSE_INVALID`.
 */
export async function findSurroundings(run: StageRun): Promise<Surroundings | null> {
  const { root, worktree, project, projectRoot, config, signal, say } = run;
  const { file: stated, app } = config.infra.compose;
  const { findComposeFile, openCompose } = await import('@sluice/adapters/compose');
  const file = await findComposeFile({ root, checkout: worktree, projectRoot, file: stated });
  return file && openCompose({ root, project, file, app, timeout: config.infra.timeout, say }, signal);
}

/** How long a service that runs may take until it answers (ms): without a health check it counts as running from its start. */
const patience = 30_000;
const keptLines = 50;

/** Looks at the declared services: again, for a while, where they may have been started just now. */
export async function lookAtServices(
  { config, signal }: StageRun,
  { isNew, inside }: { isNew: boolean; inside?: Record<string, string> },
): Promise<CheckResult[]> {
  const check = connectivityCheck(inside);
  const until = clock.now() + Math.min(patience, config.infra.timeout);
  const patient: typeof check = {
    ...check,
    async run(subject, at) {
      for (;;) {
        const outcome = await check.run(subject, at);
        if (outcome.status !== 'fail' || !isNew || clock.now() >= until) return outcome;
        await clock.sleepUntil(clock.now() + 500, at);
      }
    },
  };
  return runChecks([patient], config, { clock, signal });
}

/** Brings it up, looks inside its network where a service is to be looked at there, and keeps the last lines of each service. */
export async function bringUp(
  around: Surroundings,
  run: StageRun,
): Promise<{ checks: CheckResult[]; produced: Record<string, string> }> {
  const { config, signal } = run;
  const { tool, version, timeLimit, converge } = around;
  const containers = {
    name: 'containers',
    tool,
    version,
    timeLimit,
    run: (_: StageRun, at: AbortSignal) => converge(at),
  };
  const checks = await runChecks([containers], run, { clock, signal });
  if (config.services.some(({ from }) => from === 'compose')) {
    const isNew = checks.every(({ status }) => status !== 'fail');
    checks.push(...(await lookAtServices(run, { isNew, inside: await around.addresses() })));
  }
  await keepLogs(around, run);
  return { checks, produced: await around.evidence() };
}

async function keepLogs(around: Surroundings, { root, worktree, project, say }: StageRun): Promise<void> {
  const files = createDeploymentFiles(root);
  const logs = await around.logs(keptLines);
  const at = new Date().toISOString();
  for (const { service, lines } of logs) {
    await files.log(
      worktree,
      project,
      'infra',
      [`${at} ${service}, its last ${lines.length} lines`, ...lines].join('\n'),
    );
  }
  say(`the last lines of ${logs.length} containers are in logs/deployment-infra.log`);
}
