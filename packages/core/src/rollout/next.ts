import { asksHistory, metricsWanted } from '../analysis/methods';
import type { Command, EnvironmentState, Rollout, Route } from './model';
import type { ReleaseRef, Workload } from '../release';
import { baselineOf, baselinesOf } from './baseline-workloads';
import { baselineShareOf } from './fresh-baseline';
import { slotOf, type Step } from './plan';

/** The command that a state asks for, or `null` when nothing is left to do. Pure: a driver that resumes asks again. */
export function nextCommand(state: EnvironmentState): Command | null {
  const { rollout } = state;
  if (!rollout) return null;
  const { plan, phase } = rollout;
  if (phase.name === 'over') return null;
  if (!rollout.isClaimed) return { type: 'shift', route: routeOf(state) };
  const workload = workloadOf(state, plan.release);
  switch (phase.name) {
    case 'parked':
      return { type: 'wait', until: phase.until };
    case 'tidying':
    case 'dismantling':
      return { type: 'stop', workloads: phase.leftovers };
    case 'proving':
      return { type: 'prove', wayBack: workloadOf(state, wayBackOf(rollout) ?? plan.release) };
    case 'starting':
      return { type: 'start', workload, ...baselineIn(state, plan.steps[0]), ...atMostOf(plan.steps[0]) };
    case 'growing':
      return {
        ...{ type: 'start', workload },
        ...baselineIn(state, plan.steps[phase.step]),
        ...atMostOf(plan.steps[phase.step]),
      };
    case 'trying':
      return { type: 'try', workload, checks: plan.trial };
    case 'shifting':
      return { type: 'shift', route: routeOf(state) };
    case 'watching':
      return {
        type: 'observe',
        from: phase.observedTo,
        to: phase.observedAt + plan.judge.interval,
        history: asksHistory(phase.judge),
        workloads: [workload],
        ...baselineIn(state, plan.steps[phase.step]),
        services: plan.services,
      };
    case 'verifying':
      return { type: 'verify', workload, checks: plan.verify, since: phase.since };
    case 'settling':
    case 'withdrawing':
    case 'merging':
    case 'lowering':
      return { type: 'shift', route: routeOf(state) };
    case 'shedding':
      return { type: 'stop', workloads: plan.from ? [baselineOf(state, plan.from.id)] : [] };
    case 'clearing':
      return { type: 'stop', workloads: [workload, ...baselinesOf(state)] };
    case 'publishing':
      return { type: 'publish', outcome: phase.outcome };
    case 'cooling':
      return { type: 'wait', until: phase.until };
    case 'retiring':
      return { type: 'stop', workloads: state.previous ? [workloadOf(state, state.previous.release)] : [] };
  }
}

function baselineIn({ rollout, ...place }: EnvironmentState, step: Step | undefined): { baseline?: Workload } {
  const from = rollout?.plan.from;
  return from && step?.baseline !== undefined ? { baseline: baselineOf(place, from.id) } : {};
}

const atMostOf = (step: Step | undefined) => (step?.atMost === undefined ? {} : { atMost: step.atMost });

/** What must be whole before traffic moves: the release that we would go back to, or that we go back to now. */
export const wayBackOf = ({ plan }: Rollout): ReleaseRef | null =>
  plan.kind === 'rollback' ? plan.release : plan.from;

export const workloadOf = (state: EnvironmentState, release: ReleaseRef): Workload => ({
  project: state.project,
  environment: state.environment,
  release: release.id,
});

/** The split that a state stands for. Weights add up to 100, or no slot is left. */
export function routeOf(state: EnvironmentState): Route {
  const { project, environment, generation, sequence, rollout, stable } = state;
  if (!rollout) throw new RangeError('a route needs a rollout');
  const { plan } = rollout;
  const isNew = shareOf(rollout) !== null || stable?.id === plan.release.id;
  const { host, port, router } = isNew ? plan : (state.listening ?? plan);
  const slots = slotsOf(rollout, stable);
  const numbers = { generation, sequence, rollout: rollout.number };
  return { project, environment, host, port, ...numbers, settings: router, ...metricsOf(rollout), slots };
}

/** What is to be counted while two releases are compared. */
function metricsOf(rollout: Rollout): Pick<Route, 'metrics'> {
  const metrics = metricsWanted(rollout.plan.judge);
  const traffic = shareOf(rollout);
  return traffic !== null && traffic < 100 && Object.keys(metrics).length > 0 ? { metrics } : {};
}

function slotsOf(rollout: Rollout, stable: ReleaseRef | null): Route['slots'] {
  const { plan } = rollout;
  const traffic = shareOf(rollout);
  const isStable = stable?.id === plan.release.id;
  if (traffic === null || isStable) return stable ? [{ slot: 'stable', release: stable.id, weight: 100 }] : [];
  const fresh = baselineShareOf(rollout);
  return [
    ...(plan.from ? [{ slot: 'stable' as const, release: plan.from.id, weight: 100 - traffic - fresh }] : []),
    ...(plan.from && fresh > 0 ? [{ slot: 'baseline' as const, release: plan.from.id, weight: fresh }] : []),
    { slot: slotOf(plan), release: plan.release.id, weight: traffic },
  ];
}

/** The share of the new release in this phase, or `null` when it has none of its own. */
export function shareOf({ plan, phase }: Rollout): number | null {
  if (phase.name === 'shifting' || phase.name === 'watching') return plan.steps[phase.step]?.traffic ?? null;
  if (phase.name === 'merging' || phase.name === 'shedding') return plan.steps[phase.step]?.traffic ?? null;
  if (phase.name === 'growing') return plan.steps[phase.step - 1]?.traffic ?? null;
  if (phase.name === 'verifying') return plan.steps.at(-1)?.traffic ?? null;
  return null;
}

/** Nothing is left to drive: the outcome is known, written down, and the old release is stopped. */
export const isOver = (state: EnvironmentState): boolean => !state.rollout || state.rollout.phase.name === 'over';

/** The rollout has its outcome and has published it; at most a warm release waits for its end. */
export const isSettled = (state: EnvironmentState): boolean =>
  !state.rollout || ['cooling', 'retiring', 'over'].includes(state.rollout.phase.name);
