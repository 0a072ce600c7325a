import { releaseNames, drawSettings, minute, second } from '../scenario';
import { drawConsent, people } from '../consent';
import { chance, oneOf, whole, type Draw } from '../draw';
import { phaseNames } from '../phase-names';
import { planOf } from '../plan-of';
import { startWatching } from '../../../rollout/watch';
import { aPlan, aRelease, aState } from '../../builders';
import { simulatedStart } from '../../simulated-clock';
import type { Approval, EnvironmentState, Outcome, Phase, Rollout, StepRecord } from '../../../rollout/model';
import type { ApprovalRule, Plan } from '../../../rollout/plan';
import type { ReleaseRef } from '../../../release';

const { host, router } = aPlan();

/** Any of the three releases. */
export const drawRelease = (draw: Draw): ReleaseRef => aRelease(oneOf(draw, releaseNames));

/** An environment at any moment that it can come to: whatever is live, whatever was, a rollout in any phase, or none. */
export function drawState(draw: Draw): EnvironmentState {
  const environment = chance(draw, 0.2) ? 'staging' : 'production';
  const stable = chance(draw, 0.8) ? aRelease('first') : null;
  const at = simulatedStart + whole(draw, 0, 600) * second;
  const state = aState({
    ...{ environment, stable, at, owner: 'driver 1' },
    generation: oneOf(draw, [1, 2, 9, 10, 101]),
    sequence: whole(draw, 0, 12),
    listening: stable && { host, port: 4000, router },
    previous: stable && chance(draw, 0.5) ? drawPrevious(draw, at) : null,
    unfrozen: chance(draw, 0.1) ? { by: 'erin', at, until: at + minute, reason: 'it is urgent' } : null,
    refused: releaseNames
      .filter(() => chance(draw, 0.3))
      .map((name) => ({ release: aRelease(name).id, reason: `${name} was bad`, at: at - minute })),
  });
  return chance(draw, 0.12) ? state : inPhase(draw, { ...state, rollout: drawRollout(draw, state) });
}

const drawPrevious = (draw: Draw, at: number): EnvironmentState['previous'] => ({
  release: aRelease(oneOf(draw, ['next', 'third'])),
  warmUntil: chance(draw, 0.6) ? at + whole(draw, 0, 5) * minute : null,
});

/** A plan for a state; now and then one that was made for another. */
export function drawPlan(draw: Draw, state: EnvironmentState): Plan {
  const release = oneOf(draw, chance(draw, 0.9) ? (['next', 'third'] as const) : releaseNames);
  const consent = chance(draw, 0.3) ? drawConsent(draw) : {};
  const wish = { after: 0, release, settings: { ...drawSettings(draw), ...consent } };
  return planOf(chance(draw, 0.75) ? { ...wish, want: 'deploy' } : { ...wish, want: 'roll back' }, state);
}

function drawRollout(draw: Draw, state: EnvironmentState): Rollout {
  const plan = drawPlan(draw, state);
  const approvals = plan.approvals.flatMap((rule) => drawApprovals(draw, rule, plan, state.at));
  return {
    ...{ number: state.generation, plan, startedAt: state.at - minute, endedAt: null, phase: { name: 'over' } },
    ...{
      outcome: null,
      wayBack: 'it is whole',
      approvals,
      steps: [],
      verification: null,
      merge: null,
      isClaimed: chance(draw, 0.8),
    },
    failures: chance(draw, 0.6)
      ? { count: 0, problem: null, retryAt: 0 }
      : { count: whole(draw, 1, 6), problem: drawProblem(draw), retryAt: state.at },
  };
}

const drawApprovals = (draw: Draw, { before, by, ttl }: ApprovalRule, { release }: Plan, now: number): Approval[] =>
  people.slice(1, 1 + whole(draw, 0, by)).map((who) => {
    const at = now - oneOf(draw, [0, 1, ttl]);
    return { before, release: release.id, by: who, at, expires: at + ttl, reason: 'it was looked at' };
  });

const codes = [
  ...['RELEASE_UNKNOWN', 'RELEASE_CORRUPT', 'ARTIFACT_CORRUPT', 'COMMAND_MISSING', 'PORT_IN_USE', 'LISTEN_FAILED'],
  ...['INTERNAL', 'COMMAND_TIMEOUT', 'ECONNREFUSED'],
];

export function drawProblem(draw: Draw) {
  const code = oneOf(draw, codes);
  return { code, message: `${code} was met`, remedy: 'mend it' };
}

/** The same rollout in a phase that is drawn, with the steps that it has taken by then. */
function inPhase(draw: Draw, state: EnvironmentState & { rollout: Rollout | null }): EnvironmentState {
  const { rollout, at } = state;
  if (!rollout) return state;
  const { plan } = rollout;
  const name = chance(draw, 0.1) ? 'withdrawing' : oneOf(draw, phaseNames);
  const step = name === 'growing' ? whole(draw, 1, plan.steps.length - 1) : whole(draw, 0, plan.steps.length - 1);
  const taken = (count: number): Rollout => ({ ...rollout, steps: plan.steps.slice(0, count).map(recordOf(at)) });
  const leftovers = [{ project: state.project, environment: state.environment, release: drawRelease(draw).id }];
  const is = (phase: Phase, steps: number) => ({ ...state, rollout: { ...taken(steps), phase } });
  const live = (phase: Phase): EnvironmentState => {
    const previous = plan.from && { release: plan.from, warmUntil: at + plan.window };
    const { host, port, router } = plan;
    const listening = { host, port, router };
    return { ...state, stable: plan.release, previous, listening, rollout: { ...taken(plan.steps.length), phase } };
  };
  switch (name) {
    case 'tidying':
    case 'lowering':
    case 'dismantling':
      return is({ name, leftovers }, 0);
    case 'parked':
      return is({ name, waiting: oneOf(draw, ['approval', 'freeze']), until: at + minute }, 0);
    case 'proving':
    case 'starting':
    case 'trying':
    case 'over':
      return is({ name }, 0);
    case 'shifting':
      return is({ name, step }, step);
    case 'growing':
      return step < plan.steps.length ? is({ name, step }, step) : is({ name: 'proving' }, 0);
    case 'merging':
    case 'shedding':
      return is({ name, step }, step + 1);
    case 'watching': {
      const watching = startWatching(plan, step, at);
      return is(
        { ...watching, waiting: oneOf(draw, [null, null, null, 'goal', 'person', 'approval', 'freeze'] as const) },
        step + 1,
      );
    }
    case 'verifying':
      return is({ name, since: at }, plan.steps.length);
    case 'settling':
      return live({ name });
    case 'withdrawing':
    case 'clearing':
      return is({ name, outcome: drawOutcome(draw, at, false) }, whole(draw, 0, plan.steps.length));
    case 'publishing': {
      const outcome = drawOutcome(draw, at, chance(draw, 0.5));
      return outcome.result === 'done' ? live({ name, outcome }) : is({ name, outcome }, 1);
    }
    case 'cooling':
      return live({ name, until: at + plan.window });
    case 'retiring':
      return live({ name });
  }
}

const recordOf =
  (at: number) =>
  ({ traffic }: { traffic: number }): StepRecord => ({
    ...{ traffic, since: at, until: null, gate: null, promotedBy: null, slots: [], finding: null },
  });

function drawOutcome(draw: Draw, at: number, isDone: boolean): Outcome {
  if (isDone) return { result: 'done', reason: 'it is deployed', at, cause: 'person' };
  const result = oneOf(draw, ['rolled-back', 'failed'] as const);
  return { result, reason: 'it was not good', at, cause: oneOf(draw, ['release', 'person', 'world'] as const) };
}
