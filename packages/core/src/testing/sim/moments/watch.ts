import type { Interval, SlotFigures } from '../../../analysis/figures';
import type { Health } from '../../../health';
import type { EnvironmentState, Event, Rollout } from '../../../rollout/model';
import type { Plan, Step } from '../../../rollout/plan';
import { transition } from '../../../rollout/transition';
import { anInterval, aRelease, aState, aThreshold, latencyOf } from '../../builders';
import { simulatedStart } from '../../simulated-clock';
import { drawConsent, people } from '../consent';
import { chance, oneOf, whole, type Draw } from '../draw';
import { isAct } from '../../../rollout/acts';
import { moveRules } from '../move-rules';
import { planOf } from '../plan-of';
import { drawSettings, second } from '../scenario';
import type { Observed, Watched } from '../second-opinion';
import type { Broken } from '../step-rules';
import { toldRules } from '../told-rules';
import { follow, verdictRules } from '../verdict-rules';
import { drawProblem } from './draw-state';

/** One watched step that is told what is drawn: counts and times that meet each limit exactly, health of every kind. */
export function aWatch(draw: Draw): Generator<Broken> {
  const plan = drawComparedPlan(draw);
  return watched(draw, plan, (step) => drawSlots(draw, plan, step));
}

type SlotsOf = (step: Step) => SlotFigures[];

/** A step of a plan from its beginning, told figures until it is decided, ten times at most. */
export function* watched(
  draw: Draw,
  plan: Plan,
  slotsOf: SlotsOf,
  told: (slots: readonly SlotFigures[]) => Pick<Interval, 'metrics'> = () => ({}),
): Generator<Broken> {
  const index = whole(draw, 0, plan.steps.length - 1);
  let state = beginning(plan, index);
  let step: Watched | null = null;
  let event: Event = { type: 'shifted', at: state.at, since: state.at + whole(draw, -1, 1) * plan.judge.interval };
  for (let turn = 0; turn < 10; turn++) {
    const after = transition(state, event);
    yield* toldRules(after);
    if (!isAct(event)) yield* moveRules(state, event, after);
    if (step && event.type === 'observed') yield* verdictRules(step, event, after);
    step = follow(step, state, event, after);
    state = after;
    if (!step) return;
    const by = 'erin';
    const { at } = state;
    event = chance(draw, 0.1)
      ? { type: 'goal', at, by, goal: oneOf(draw, ['canary', 'production']) }
      : chance(draw, step.waiting === 'person' ? 0.3 : 0.02)
        ? { type: 'promote', at, by, reason: 'it looks well' }
        : chance(draw, step.waiting === 'approval' ? 0.3 : 0)
          ? agreement(step, oneOf(draw, people), at)
          : drawObserved(draw, step, slotsOf, told);
  }
}

const agreement = ({ plan }: Watched, by: string, at: number): Event => ({
  ...{ type: 'approve', at, by, before: 'production', release: plan.release.id, reason: 'it was looked at' },
});

/** A plan for production after `first`; now and then for staging, or the first release. */
export function drawWatchedPlan(draw: Draw): Plan {
  const environment = chance(draw, 0.1) ? 'staging' : 'production';
  const stable = environment === 'production' && chance(draw, 0.9) ? aRelease('first') : null;
  const consent = chance(draw, 0.2) ? drawConsent(draw) : {};
  const settings = { ...drawSettings(draw), ...consent };
  const wish = { after: 0, want: 'deploy', release: 'next', settings } as const;
  return planOf(wish, aState({ environment, stable }));
}

function drawComparedPlan(draw: Draw): Plan {
  const plan = drawWatchedPlan(draw);
  const { interval, noData } = plan.judge;
  const margins = () => ({
    errors: { ratio: oneOf(draw, [1, 1.5]), absolute: oneOf(draw, [0, 0.02]) },
    latency: { ratio: oneOf(draw, [1.25, 2]), absolute: oneOf(draw, [0, 30]) },
  });
  return {
    ...plan,
    judge: aThreshold({
      ...{ interval, noData, minRequests: oneOf(draw, [20, 50]) },
      ...{ promote: margins(), rollback: margins() },
      ...{ failureLimit: whole(draw, 0, 1), inconclusiveLimit: whole(draw, 0, 2) },
      consecutiveErrorLimit: whole(draw, 0, 3),
    }),
    hard: {
      ...{ errorRateAbove: oneOf(draw, [0.05, 0.1]), minRequests: oneOf(draw, [20, 50]) },
      ...{ for: whole(draw, 1, 3) * interval, serviceDown: whole(draw, 1, 3) * interval },
    },
  };
}

function beginning(plan: Plan, index: number): EnvironmentState {
  const at = simulatedStart;
  const steps = plan.steps.slice(0, index).map(({ traffic }) => ({
    ...{ traffic, since: at, until: at, gate: null, promotedBy: null, slots: [], finding: null },
  }));
  const rollout: Rollout = {
    ...{ number: 1, plan, startedAt: at - second, endedAt: null, phase: { name: 'shifting', step: index } },
    ...{ outcome: null, wayBack: null, approvals: [], steps, verification: null, merge: null, isClaimed: true },
    failures: { count: 0, problem: null, retryAt: 0 },
  };
  return aState({ environment: plan.environment, stable: plan.from, at, rollout });
}

function drawObserved(
  draw: Draw,
  watched: Watched,
  slotsOf: SlotsOf,
  toldOf: (slots: readonly SlotFigures[]) => Pick<Interval, 'metrics'>,
): Observed {
  const { plan, told, opened, from } = watched;
  const { interval } = plan.judge;
  const at = (told.at(-1)?.at ?? opened) + oneOf(draw, [1, 1, 1, 1, 2, 6]) * interval;
  const known = Math.max(from, ...told.map((one) => one.interval.to));
  const health = [
    drawHealth(draw, plan.release.id, told),
    ...plan.services.map(({ name }) => drawHealth(draw, name, [])),
  ];
  const fresh = watched.step.baseline === undefined ? {} : { baseline: drawHealth(draw, plan.from?.id ?? '', []) };
  if (chance(draw, 0.12)) {
    const interval = anInterval(known, known);
    return {
      type: 'observed',
      at,
      interval,
      health,
      ...fresh,
      ...(chance(draw, 0.5) ? { missing: drawProblem(draw) } : {}),
    };
  }
  const slots = chance(draw, 0.08)
    ? slotsOf(watched.step).map((slot) => ({ ...slot, errors: -1 }))
    : slotsOf(watched.step);
  const measured = { ...anInterval(known, Math.max(known + second, at), slots), ...toldOf(slots) };
  return { type: 'observed', at, interval: measured, health, ...fresh };
}

const isUsual = (draw: Draw): boolean => chance(draw, 0.85);

function drawHealth(draw: Draw, name: string, told: readonly Observed[]): Health {
  const before = told.at(-1)?.health[0];
  const restarts = (before?.restarts ?? 0) + (isUsual(draw) ? 0 : whole(draw, 1, 2));
  const healthy = isUsual(draw) ? 2 : before?.healthy === 0 ? 0 : whole(draw, 0, 1);
  const reason = healthy < 2 || restarts > 0 ? oneOf(draw, ['exit code 1', null]) : null;
  const crash = restarts > 0 && chance(draw, 0.5) ? { how: 'exit code 137', lines: ['out of memory'] } : null;
  return { ...{ name, healthy, wanted: 2, restarts, reason }, ...(crash ? { crash } : {}) };
}

function drawSlots(draw: Draw, plan: Plan, step: Step): SlotFigures[] {
  const isHealthy = isUsual(draw);
  const own = { slot: plan.from ? ('canary' as const) : ('stable' as const), release: plan.release.id };
  const old = plan.from && { slot: 'stable' as const, release: plan.from.id };
  const fresh = plan.from && step.baseline !== undefined && { slot: 'baseline' as const, release: plan.from.id };
  return [own, own, ...(old ? [old] : []), ...(fresh ? [fresh] : [])]
    .filter(() => chance(draw, 0.8))
    .map((slot) => {
      const requests = oneOf(draw, [0, 1, 19, 20, 20, 50, 50, 100, 200, 200, 1000]);
      const bad = [
        1,
        Math.floor(requests * plan.hard.errorRateAbove),
        Math.floor(requests / 50),
        requests / 2,
        requests,
      ];
      const errors = isHealthy || isUsual(draw) ? 0 : Math.min(requests, Math.floor(oneOf(draw, bad)));
      const ms = isHealthy ? 50 : oneOf(draw, [50, 60, 62.5, 80, 100, 101]);
      const latency = chance(draw, 0.97) ? latencyOf(requests, ms) : [];
      return { ...slot, requests, errors, synthetic: 0, latency };
    });
}
