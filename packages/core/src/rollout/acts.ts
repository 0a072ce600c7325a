import { sluiceError, type SluiceError } from '../errors';
import { formatInstant } from '../instant';
import { nameOf, type ReleaseRef } from '../release';
import { approve, refuseApproval, refuseRejection } from './consent';
import type { Act, EnvironmentState, Event, Phase, Rollout } from './model';
import { noteMerge } from './merge';
import { isSettled, workloadOf } from './next';
import type { Plan } from './plan';
import { entered } from './journal';
import { outcomeOf, to, withdraw } from './moves';
import { retryCommand } from './retry-command';
import { opening } from './opening';
import { look, openOrPark } from './park';
import { standIn } from './stand-in';

/** An act of a person on a state that admits it; on any other it changes nothing. */
export function applyAct(state: EnvironmentState, act: Act): EnvironmentState {
  if (refuse(state, act)) return state;
  switch (act.type) {
    case 'begin':
      return begin(state, act.plan, act.at);
    case 'goal':
      return state.rollout ? head(state, state.rollout, act) : state;
    case 'abort':
      return state.rollout ? abort(state, state.rollout, act) : state;
    case 'promote':
      return state.rollout ? promote(state, state.rollout, act) : state;
    case 'approve':
      return state.rollout ? approve(state, state.rollout, act) : state;
    case 'reject':
      return state.rollout ? abort(state, state.rollout, act) : state;
    case 'unfreeze':
      return unfreeze(state, act);
    case 'down':
      return takeDown(state, act);
    case 'merged':
      return noteMerge(state, act);
    case 'allow':
      return entered({ ...state, refused: state.refused.filter(({ release }) => release !== act.release) }, [
        {
          ...{ what: 'allow', detail: act.reason, at: act.at, by: act.by, release: act.release },
          ...{ from: state.stable?.id ?? null, to: act.release },
        },
      ]);
  }
}

/** Why a state does not admit an act, as the error to show; `null` when it does. */
export function refuse(state: EnvironmentState, act: Act): SluiceError | null {
  const { rollout } = state;
  const target = (name: string) => `nx run ${state.project}:deploy-${name}`;
  switch (act.type) {
    case 'begin': {
      if (rollout && !isSettled(state)) return inProgress(state, rollout, target('rollback'));
      const stale = unfit(state, act.plan);
      if (stale) return stale;
      const refusal = state.refused.find(({ release }) => release === act.plan.release.id);
      if (refusal && act.plan.kind === 'deploy') {
        return sluiceError('RELEASE_REFUSED', { ...refusal, command: retryCommand(target('retry'), refusal.release) });
      }
      return null;
    }
    case 'goal':
    case 'merged':
      return null;
    case 'abort':
      if (rollout && canAbort(rollout.phase)) return null;
      return rollout && !isSettled(state)
        ? sluiceError('ROLLOUT_DECIDED', { release: nameOf(rollout.plan.release), environment: state.environment })
        : sluiceError('NO_WAY_BACK', { environment: state.environment });
    case 'promote':
      return rollout?.phase.name === 'watching' && rollout.phase.waiting === 'person'
        ? null
        : sluiceError('ROLLOUT_NOT_HELD', { environment: state.environment, command: target('status') });
    case 'approve':
      return refuseApproval(state, act);
    case 'reject':
      return refuseRejection(state, act);
    case 'unfreeze':
      return null;
    case 'down':
      return rollout && !isSettled(state) ? inProgress(state, rollout, target('rollback')) : null;
    case 'allow':
      return state.refused.some(({ release }) => release === act.release)
        ? null
        : sluiceError('RELEASE_NOT_REFUSED', {
            release: act.release,
            environment: state.environment,
            refused: state.refused.map(({ release }) => release),
          });
  }
}

/** A plan goes from what is live to something else; else its way back would not be one. */
function unfit({ stable, environment }: EnvironmentState, { release, from }: Plan): SluiceError | null {
  const name = (ref: ReleaseRef | null) => (ref ? nameOf(ref) : 'nothing');
  if (release.id === stable?.id) return sluiceError('RELEASE_LIVE', { release: nameOf(release), environment });
  if (from?.id === stable?.id) return null;
  return sluiceError('PLAN_STALE', { environment, planned: name(from), live: name(stable) });
}

const inProgress = (state: EnvironmentState, { plan, startedAt }: Rollout, command: string): SluiceError =>
  sluiceError('ROLLOUT_IN_PROGRESS', {
    release: nameOf(plan.release),
    environment: state.environment,
    by: plan.by,
    since: formatInstant(startedAt),
    command,
  });

/** A canary that waited for its goal and goes on has the time of its step once more to come to a conclusion. */
function head(state: EnvironmentState, rollout: Rollout, act: Extract<Act, { type: 'goal' }>): EnvironmentState {
  const { goal, at, by } = act;
  const plan = { ...rollout.plan, goal };
  const { phase } = rollout;
  const noted = (next: Rollout): EnvironmentState => {
    if (rollout.plan.goal === goal) return { ...state, rollout: next };
    return entered({ ...state, rollout: next }, [
      { what: 'goal', detail: `as far as ${goal}`, at, by, ...onward(plan) },
    ]);
  };
  if (goal === 'canary' || phase.name !== 'watching' || phase.waiting !== 'goal') return noted({ ...rollout, plan });
  const deadline = at + (plan.steps[phase.step]?.maxDuration ?? 0);
  return noted({ ...rollout, plan, phase: { ...phase, waiting: null, deadline } });
}

/** From what was live to the release of a plan, for the audit log; and back. */
const onward = ({ from, release }: Plan) => ({ from: from?.id ?? null, to: release.id });
const backward = ({ from, release }: Plan) => ({ from: release.id, to: from?.id ?? null });

/** A freeze counts no more for a while, whether one is in force or comes. */
function unfreeze(state: EnvironmentState, act: Extract<Act, { type: 'unfreeze' }>): EnvironmentState {
  const { by, at, until, reason } = act;
  const detail = `until ${formatInstant(until)}: ${reason}`;
  const { stable, rollout } = state;
  const to = rollout && !isSettled(state) ? rollout.plan.release.id : (stable?.id ?? null);
  const noted = entered({ ...state, unfrozen: { by, at, until, reason } }, [
    { what: 'unfreeze', detail, at, by, from: stable?.id ?? null, to },
  ]);
  return rollout ? look(noted, rollout) : noted;
}

/** Its next interval lets it go on, unless that speaks against it. */
function promote(state: EnvironmentState, rollout: Rollout, act: Extract<Act, { type: 'promote' }>): EnvironmentState {
  const { phase } = rollout;
  if (phase.name !== 'watching') return state;
  const promotedBy = `${act.by}: ${act.reason}`;
  const steps = rollout.steps.map((step, i, all) => (i === all.length - 1 ? { ...step, promotedBy } : step));
  return entered({ ...state, rollout: { ...rollout, steps, phase: { ...phase, waiting: null } } }, [
    { what: 'promote', detail: act.reason, at: act.at, by: act.by, ...onward(rollout.plan) },
  ]);
}

/** Takes the environment out of service: first its traffic, then every release that may still run. */
function takeDown(state: EnvironmentState, act: Extract<Act, { type: 'down' }>): EnvironmentState {
  const rollout = state.rollout ?? (state.stable && standIn(state, state.stable, act));
  if (!rollout) return state;
  const releases = [state.stable, state.previous?.release, rollout.plan.release].filter((release) => !!release);
  const leftovers = [...new Map(releases.map((release) => [release.id, workloadOf(state, release)])).values()];
  const lost = state.rollout ? '' : ', though its state had been lost';
  const noted = entered({ ...state, rollout, stable: null, listening: null, previous: null }, [
    {
      ...{ what: 'down', detail: `${state.environment} was taken out of service${lost}`, at: act.at, by: act.by },
      ...{ from: state.stable?.id ?? null, to: null },
    },
  ]);
  return to(noted, rollout, { name: 'lowering', leftovers });
}

function begin(state: EnvironmentState, plan: Plan, at: number): EnvironmentState {
  const generation = state.generation + 1;
  const rollout: Rollout = {
    number: generation,
    plan,
    startedAt: at,
    endedAt: null,
    phase: opening(state, plan),
    outcome: null,
    wayBack: null,
    approvals: [],
    steps: [],
    verification: null,
    merge: null,
    isClaimed: true,
    failures: { count: 0, problem: null, retryAt: 0 },
  };
  const detail = `${nameOf(plan.release)}${plan.from ? ` after ${nameOf(plan.from)}` : ', the first release'}`;
  const begun = entered({ ...state, generation, sequence: 0, rollout }, [
    { what: plan.kind, detail, at, by: plan.by, from: plan.from?.id ?? null, to: plan.release.id },
  ]);
  return openOrPark(begun, rollout);
}

type Ending = Extract<Act, { type: 'abort' | 'reject' }>;

function abort(state: EnvironmentState, rollout: Rollout, act: Ending): EnvironmentState {
  const how = act.type === 'reject' ? 'rejected' : 'ended';
  const outcome = outcomeOf(rollout, `${how} by ${act.by}: ${act.reason}`, act.at, 'person');
  const noted = entered(state, [
    { what: act.type, detail: act.reason, at: act.at, by: act.by, ...backward(rollout.plan) },
  ]);
  const hadTraffic = rollout.steps.length > 0 || rollout.phase.name === 'shifting';
  return hadTraffic ? withdraw(noted, rollout, outcome) : to(noted, rollout, { name: 'clearing', outcome });
}

const canAbort = (phase: Phase): boolean =>
  [
    ...['parked', 'tidying', 'proving', 'starting', 'trying', 'growing', 'shifting'],
    ...['watching', 'merging', 'shedding', 'verifying'],
  ].includes(phase.name);

const types: readonly Event['type'][] = [
  ...(['begin', 'goal', 'abort', 'promote', 'approve', 'reject'] satisfies Act['type'][]),
  ...(['unfreeze', 'down', 'allow', 'merged'] satisfies Act['type'][]),
];

/** Whether somebody did it, and not the machine itself. */
export const isAct = (event: Event): event is Act => types.includes(event.type);
