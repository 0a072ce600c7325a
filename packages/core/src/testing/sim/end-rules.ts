import type { EnvironmentState, Rollout } from '../../rollout/model';
import { isOver } from '../../rollout/next';
import { aRelease } from '../builders';
import { runIn } from '../runs';
import type { StepTimes } from './inspector';
import { releaseNames, type Scenario } from './scenario';
import type { Broken } from './step-rules';
import { forgetsItsOwner } from './troubles';
import type { SimWorld } from './world';

interface Ended {
  scenario: Scenario;
  world: SimWorld;
  state: EnvironmentState;
  rollouts: { rollout: Rollout; steps: StepTimes[] }[];
}

/** It waits for a person, or, as was configured, for evidence. */
export function isWaiting({ rollout }: EnvironmentState): boolean {
  if (rollout?.phase.name === 'parked') return rollout.phase.waiting === 'approval';
  if (rollout?.phase.name !== 'watching') return false;
  const { waiting, deadline, since, step } = rollout.phase;
  const isExtended = deadline > since + (rollout.plan.steps[step]?.maxDuration ?? 0);
  if (waiting === 'freeze') return false; // it ends by itself
  return waiting !== null || (rollout.plan.onInconclusive === 'extend' && isExtended);
}

/** What must be true when nobody wants anything any more and nothing is under way. */
export function* endRules(ended: Ended): Generator<Broken> {
  const { world, state } = ended;
  if (!isOver(state)) {
    if (!isWaiting(state)) yield ['every rollout ends', `it is ${state.rollout?.phase.name}`];
    return;
  }
  yield* traffic(ended);
  yield* address(ended);
  yield* instances(ended);
  yield* audit(ended);
  yield* evidence(ended);
  yield* verdicts(ended);
  yield* refusals(ended);
  if (world.clock.waiting() > 0) yield ['nothing is left running', `${world.clock.waiting()} sleep on`];
}

/** What must be true of how something ended, by how the same ended whose driver did not die, and where nothing else did. */
export function* twinRules(state: EnvironmentState, twin: EnvironmentState, { releases }: Scenario): Generator<Broken> {
  const { errorRate, refuses, damage, checks } = releases.next ?? {};
  const isWell = errorRate === 0 && !refuses && !damage && !checks;
  if (isWell && twin.rollout?.outcome?.result !== 'done')
    yield ['what is well is deployed', twin.rollout?.outcome?.reason ?? 'it never ended'];
  const [end, other] = [state, twin].map(({ stable, rollout }) => {
    const is = rollout?.outcome?.result ?? rollout?.phase.name ?? 'at rest';
    return `${stable?.id ?? 'nothing'} is live, ${is}`;
  });
  if (end !== other) yield ['a crash changes nothing', `${end}; without it ${other}`];
}

function* traffic({ world, state }: Ended): Generator<Broken> {
  const slots = world.inForce()?.route.slots ?? [];
  const served = slots.filter(({ weight }) => weight > 0).map(runIn);
  const wanted = state.stable ? [state.stable.id] : [];
  if (served.join() !== wanted.join())
    yield [
      'in the end the stable release has all traffic',
      `${served.join() || 'nothing'} serves, not ${wanted.join()}`,
    ];
}

/** A rollout that goes back goes back to the old address, too. */
function* address({ world, state, scenario }: Ended): Generator<Broken> {
  const route = world.inForce()?.route;
  const port = state.listening?.port ?? 4000;
  if (state.stable && route && !forgetsItsOwner(scenario) && route.port !== port)
    yield ['in the end the stable release is where it was', `it is at ${route.port}, not at ${port}`];
}

function* instances({ world, state }: Ended): Generator<Broken> {
  const allowed = [state.stable?.id, state.previous?.warmUntil ? state.previous.release.id : null];
  const strays = world.runtime.running(state.project).filter((release) => !allowed.includes(release));
  if (strays.length) yield ['nothing is left running', `instances of ${strays.join()}`];
}

function* audit({ world, state, scenario }: Ended): Generator<Broken> {
  const entries = world.sink.entries().filter(({ project }) => project === state.project);
  if (state.outbox.some(({ id }) => !entries.some((entry) => entry.id === id)))
    yield ['the audit log tells what happened', 'entries are missing'];
  const isRewritten = scenario.troubles.some(({ kind }) => kind.includes('lost') || kind.includes('gone'));
  if (isRewritten) return;
  const count = (what: readonly string[]) => entries.filter((entry) => what.includes(entry.what)).length;
  const begun = count(['deploy', 'rollback']);
  const ended = count(['done', 'rolled-back', 'failed']);
  const dropped = count(['down']);
  if (ended > begun || ended < begun - dropped)
    yield ['the audit log tells what happened', `${begun} rollouts began, ${ended} ended, ${dropped} were taken down`];
}

/** Each part of the truth once, however often it was told. */
function cellsOf({ served }: SimWorld): SimWorld['served'] {
  const cells = new Map<string, SimWorld['served'][number]>();
  for (const one of served) {
    const key = `${one.slot}/${one.release}/${one.from}`;
    const known = cells.get(key);
    if (!known || known.requests < one.requests) cells.set(key, one);
  }
  return [...cells.values()];
}

/** What is in the record of a step was answered while the step lasted, and is in it once. */
function* evidence({ world, rollouts, scenario }: Ended): Generator<Broken> {
  if (forgetsItsOwner(scenario)) return; // steps begin twice
  const served = cellsOf(world);
  for (const { rollout, steps } of rollouts) {
    for (const [index, record] of rollout.steps.entries()) {
      const times = steps[index];
      if (!times) continue;
      for (const { slot, release, requests } of record.slots) {
        const cells = served.filter(
          (one) => one.slot === slot && one.release === release && one.from >= times.opened && one.from < times.closed,
        );
        const truth = cells.reduce((sum, one) => sum + one.requests, 0);
        if (requests > truth)
          yield [
            'evidence is counted once',
            `step ${index} counts ${requests} requests of ${release}, there were ${truth}`,
          ];
      }
    }
  }
}

/** What is missing around a release is nothing against it. */
function* refusals({ state, scenario }: Ended): Generator<Broken> {
  for (const name of releaseNames) {
    const refusal = state.refused.find(({ release }) => release === aRelease(name).id);
    if (refusal && scenario.releases[name]?.lacks) yield ['a release is refused for itself only', refusal.reason];
  }
}

/** A release that answers every second request with an error does not become the stable one by way of a canary. */
function* verdicts({ rollouts, scenario }: Ended): Generator<Broken> {
  const isLied = scenario.troubles.some(({ kind }) => kind.startsWith('metrics') || kind.startsWith('a release turns'));
  if (isLied) return;
  for (const { rollout } of rollouts) {
    const { plan, outcome } = rollout;
    const name = releaseNames.find((known) => aRelease(known).id === plan.release.id);
    // two points of a handful of requests each are no more than chance to a test of ranks
    const isShown = plan.judge.method !== 'mann-whitney' || scenario.users >= 20;
    const isTerrible = name !== undefined && scenario.releases[name]?.errorRate === 0.5;
    if (
      isTerrible &&
      plan.from?.id === aRelease('first').id &&
      outcome?.result === 'done' &&
      plan.kind === 'deploy' &&
      plan.steps.some(({ judged }) => judged) &&
      isShown &&
      rollout.steps.every(({ promotedBy }) => promotedBy === null)
    )
      yield ['a terrible release is not deployed', `${name} was`];
  }
}
