import { join } from 'node:path';
import {
  awaitsMerge,
  barrierOf,
  earliestEnd,
  formatInstant,
  isSettled,
  nameOf,
  pipeline,
  progressLine,
  sluiceError,
  type EnvironmentName,
  type EnvironmentState,
  type MergeOutcome,
  type Plan,
  type ReleaseManifest,
  type Rollout,
} from '@sluice/core';
import { buildFolder, createHandled, createLeftRollouts, createReleaseStore } from '@sluice/adapters/files';
import { identityOf } from '@sluice/adapters/git';
import { connectHost, type HostClient } from '@sluice/host/client';
import { narrator } from '../stage/narrate';
import { nextSteps } from '../stage/next-step';
import { commandOf, runsTarget } from '../stage/ground';
import type { StageResult, StageRun } from '../stage/run-stage';
import { keepLoadRun } from './regression';

export interface Journey {
  environment: EnvironmentName;
  goal: Plan['goal'];
  /** The rollout that this goes on with, where one was begun before. */
  continues?: number | undefined;
  /** How far this stage follows the rollout. */
  until: (state: EnvironmentState) => boolean;
}

/**
 * Takes the release to an environment: hands it to the host, which drives the rollout whether or not anyone is attached, and
 * follows it. Gives the state at the end of this stage's part; rejects with `ROLLOUT_HELD` where a person has to decide. With
 * `wait: false` it does not follow: rejects with `ROLLOUT_WAITING`, or `APPROVAL_MISSING`, while that end is not reached, and a later run gives the state.
 */
export async function travel(run: StageRun, release: ReleaseManifest, journey: Journey): Promise<EnvironmentState> {
  const { project, root } = run;
  const { environment, until } = journey;
  const left = createLeftRollouts(root);
  const host = await connectHost(root);
  const wasLeft = (await left.read(project, environment)) === release.id;
  const before = wasLeft ? await host.state(project, environment) : null;
  // how it ended is told before the same release is deployed once more
  const state = before && isSettled(before) ? before : await begin(host, run, release, journey);
  if (!until(state)) refuseHeld(run, state, release);
  if (isSettled(state) && !until(state)) await left.forget(project, environment);
  return state;
}

/** Waiting on for a person's decision would hold up whatever runs this. */
function refuseHeld(run: StageRun, { rollout, environment }: EnvironmentState, release: ReleaseManifest): void {
  if (rollout?.plan.release.id !== release.id || !isHeld(rollout)) return;
  const step = rollout.steps.at(-1);
  throw sluiceError('ROLLOUT_HELD', {
    environment,
    share: step?.traffic ?? 0,
    reason: step?.gate?.reasons.join('; ') ?? '',
    promote: `${commandOf(run, 'deploy-promote')} --reason="..."`,
    rollback: commandOf(run, 'deploy-rollback'),
  });
}

async function begin(
  host: HostClient,
  run: StageRun,
  release: ReleaseManifest,
  journey: Journey,
): Promise<EnvironmentState> {
  const { project, root, checkout, worktree, projectRoot, configuration, config, text, file, say } = run;
  const { environment, goal, continues } = journey;
  await createReleaseStore(root).add(release, join(buildFolder(checkout, project), 'artifact.tgz'));
  await keepLoadRun(run, release.id);
  const { how } = await host.deploy({
    project,
    environment,
    release: { id: release.id, commit: release.commit, configuration: release.configuration },
    goal,
    ...(continues === undefined ? {} : { continues }),
    config: { text, file, configuration },
    place: { checkout, worktree, projectRoot },
    by: await identityOf(checkout),
  });
  if (environment === 'production') await createHandled(root).amend(project, { release: release.id });
  const state = await host.state(project, environment);
  if (how === 'live') {
    say(`${nameOf(release)} is live in ${environment} already, nothing to do`);
    return state;
  }
  if (how === 'attached') {
    const standing = progressLine(state, Date.now());
    say(`attached to the rollout of ${nameOf(release)} that is under way: ${standing}`);
  }
  return config.wait ? follow(host, run, release, journey) : leave(run, release, journey, state);
}

/** With `wait: false`: what is under way is left to the host, and a note says so. */
async function leave(
  run: StageRun,
  release: ReleaseManifest,
  { environment, until }: Journey,
  state: EnvironmentState,
): Promise<EnvironmentState> {
  const { project, root } = run;
  if (isOver(state, release, until)) return state;
  await createLeftRollouts(root).write(project, environment, release.id);
  const now = Date.now();
  const end = earliestEnd(state, now);
  const barrier = barrierOf(state, now);
  if (barrier?.waiting === 'approval')
    throw sluiceError('APPROVAL_MISSING', {
      ...{ environment, release: nameOf(release), standing: barrier.words },
      approve: `${commandOf(run, 'deploy-approve')} --stage=${barrier.stage} --reason="..."`,
      reject: `${commandOf(run, 'deploy-reject')} --reason="..."`,
    });
  const last = pipeline.filter(({ target }) => runsTarget(run, target)).at(-1);
  throw sluiceError('ROLLOUT_WAITING', {
    environment,
    project,
    standing: progressLine(state, now),
    after: end === null ? null : formatInstant(end),
    command: commandOf(run, last?.target ?? 'deploy-prod'),
  });
}

async function follow(
  host: HostClient,
  run: StageRun,
  release: ReleaseManifest,
  { environment, until }: Journey,
): Promise<EnvironmentState> {
  const { project, root, signal, say } = run;
  const parting = () =>
    say(
      `\n${environment}: the rollout goes on in the host. Attach: ${commandOf(run, 'deploy-prod')} · look: ${commandOf(run, 'deploy-status')} · go back: ${commandOf(run, 'deploy-rollback')}`,
    );
  signal.addEventListener('abort', parting, { once: true });
  const story = narrator(project, environment, root);
  try {
    return await host.follow(project, environment, story.tell, (state) => isOver(state, release, until), signal);
  } finally {
    await story.end();
    signal.removeEventListener('abort', parting);
  }
}

/** This stage has nothing more to wait for. */
const isOver = (state: EnvironmentState, release: ReleaseManifest, until: Journey['until']): boolean =>
  state.rollout?.plan.release.id !== release.id ||
  (isSettled(state) && !awaitsMerge(state)) ||
  until(state) ||
  isHeld(state.rollout);

const isHeld = ({ phase }: Rollout): boolean => phase.name === 'watching' && phase.waiting === 'person';

/** How a rollout that is over ended, as the stage's result; a failure with what to do next. */
export function resultOf(run: StageRun, state: EnvironmentState, release: ReleaseManifest): StageResult {
  const result = endOf(state, release);
  return result.verdict === 'fail' ? { ...result, next: nextSteps(run, state, release.id) } : result;
}

function endOf({ rollout, stable }: EnvironmentState, release: ReleaseManifest): StageResult {
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
    reasons: [
      `${nameOf(release)} has 100 % of ${rollout.plan.environment} at ${url}`,
      ...(rollout.merge ? [mergeWords(rollout.merge)] : []),
    ],
    checks: rollout.verification?.checks ?? [],
    ...(rollout.merge?.command ? { next: [rollout.merge.command] } : {}),
  };
}

const mergeWords = ({ result, reason }: MergeOutcome): string =>
  result === 'waiting' ? `the merge waits: ${reason}` : reason;

export function needRelease({ evidence }: StageRun): ReleaseManifest {
  if (!evidence) throw sluiceError('INTERNAL', { reason: 'a deploying stage ran without evidence' });
  return evidence.release;
}
