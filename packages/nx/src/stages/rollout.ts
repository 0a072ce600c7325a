import { join } from 'node:path';
import {
  isSettled,
  nameOf,
  progressLine,
  sluiceError,
  type EnvironmentName,
  type EnvironmentState,
  type Plan,
  type ReleaseManifest,
} from '@sluice/core';
import { buildFolder, createReleaseStore } from '@sluice/adapters/files';
import { identityOf } from '@sluice/adapters/git';
import { connectHost } from '@sluice/host/client';
import { narrator } from '../stage/narrate';
import { commandOf } from '../stage/ground';
import type { StageResult, StageRun } from '../stage/run-stage';

export interface Journey {
  environment: EnvironmentName;
  goal: Plan['goal'];
  /** How far this stage follows the rollout. */
  until: (state: EnvironmentState) => boolean;
}

/**
 * Takes the release to an environment: hands it to the host, which drives the rollout whether or not anyone is attached, and
 * follows it. Gives the state at the end of this stage's part.
 */
export async function travel(
  run: StageRun,
  release: ReleaseManifest,
  { environment, goal, until }: Journey,
): Promise<EnvironmentState> {
  const { project, root, checkout, worktree, projectRoot, configuration, text, file, signal, say } = run;
  await createReleaseStore(root).add(release, join(buildFolder(checkout, project), 'artifact.tgz'));
  const host = await connectHost(root);
  const { how } = await host.deploy({
    project,
    environment,
    release: { id: release.id, commit: release.commit, configuration: release.configuration },
    goal,
    config: { text, file, configuration },
    place: { checkout, worktree, projectRoot },
    by: await identityOf(checkout),
  });
  if (how === 'live') {
    say(`${nameOf(release)} is live in ${environment} already, nothing to do`);
    return host.state(project, environment);
  }
  if (how === 'attached') {
    const standing = progressLine(await host.state(project, environment), Date.now());
    say(`attached to the rollout of ${nameOf(release)} that is under way: ${standing}`);
  }

  const parting = () =>
    say(
      `\n${environment}: the rollout goes on in the host. Attach: ${commandOf(run, 'deploy-prod')} · look: ${commandOf(run, 'deploy-status')} · go back: ${commandOf(run, 'deploy-rollback')}`,
    );
  signal.addEventListener('abort', parting, { once: true });
  const story = narrator(project, environment);
  const ours = (state: EnvironmentState) => state.rollout?.plan.release.id === release.id;
  try {
    return await host.follow(
      project,
      environment,
      story.tell,
      (state) => !ours(state) || isSettled(state) || until(state),
      signal,
    );
  } finally {
    story.end();
    signal.removeEventListener('abort', parting);
  }
}

/** How a rollout that is over ended, as the stage's result. */
export function resultOf({ rollout, stable }: EnvironmentState, release: ReleaseManifest): StageResult {
  const url = rollout ? `http://${rollout.plan.host}:${rollout.plan.port}` : '';
  if (rollout?.plan.release.id !== release.id) {
    return stable?.id === release.id
      ? { verdict: 'pass', reasons: [`already at ${nameOf(release)}, nothing to do`] }
      : { verdict: 'fail', reasons: ['another rollout took its place'] };
  }
  if (rollout.outcome?.result !== 'done') {
    const { result = 'ended', reason = 'no reason is known' } = rollout.outcome ?? {};
    return { verdict: 'fail', reasons: [`${result}: ${reason}`], checks: rollout.verification?.checks ?? [] };
  }
  if (stable?.id !== release.id)
    return { verdict: 'fail', reasons: [`${rollout.plan.environment} was taken out of service`] };
  return {
    verdict: 'pass',
    reasons: [`${nameOf(release)} has 100 % of ${rollout.plan.environment} at ${url}`],
    checks: rollout.verification?.checks ?? [],
  };
}

export function needRelease({ evidence }: StageRun): ReleaseManifest {
  if (!evidence) throw sluiceError('INTERNAL', { reason: 'a deploying stage ran without evidence' });
  return evidence.release;
}
