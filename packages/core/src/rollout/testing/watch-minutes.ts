import { anInterval, aPlan, aStateIn, aThreshold, someFigures, someHealth } from '../../testing';
import type { Crash } from '../../health';
import type { Event, Rollout, Watching } from '../model';
import type { Plan } from '../plan';
import { decide, observe, startWatching } from '../watch';

type Observed = Extract<Event, { type: 'observed' }>;
export const minute = 60_000;
const settings = aThreshold({ minRequests: 100, noData: 3 * minute });
export const judged = aPlan({
  judge: settings,
  steps: [
    { stage: 'canary', traffic: 5, judged: true, minDuration: 5 * minute, maxDuration: 10 * minute },
    { stage: 'production', traffic: 100, judged: false, minDuration: 2 * minute, maxDuration: 2 * minute },
  ],
});

export interface Seen {
  canary?: number;
  errors?: number;
  ms?: number;
  healthy?: number;
  restarts?: number;
  crash?: Crash;
}

/** Watches a step from 0 in intervals of a minute, and gives the decision after each. */
export function watch(intervals: Seen[], { plan = judged, step = 0 }: { plan?: Plan; step?: number } = {}) {
  const started = aStateIn(startWatching(plan, step, 0), {}, plan).rollout;
  if (!started) throw new Error('no rollout');
  let rollout: Rollout = started;
  let phase: Watching = startWatching(plan, step, 0);
  const decisions = intervals.map(({ canary = 200, errors = 0, ms = 50, healthy = 1, restarts = 0, crash }, at) => {
    const slots =
      canary > 0
        ? [someFigures({ requests: canary, errors, ms }), someFigures({ slot: 'stable', requests: 4000 })]
        : [];
    const event: Observed = {
      type: 'observed',
      at: (at + 1) * minute,
      interval: anInterval(at * minute, (at + 1) * minute, slots),
      health: [someHealth(plan.release.id, { healthy, restarts, ...(crash && { crash }) })],
    };
    ({ rollout, phase } = observe(rollout, phase, event));
    const decision = decide(rollout, phase, event, { unfrozen: null, at: event.at });
    if (decision.next === 'wait') phase = { ...phase, waiting: 'goal' };
    if (decision.next === 'hold') phase = { ...phase, waiting: 'person' };
    return decision;
  });
  return { decisions, next: decisions.map((decision) => decision.next), rollout, phase };
}

export const times = (count: number, seen: Seen = {}): Seen[] => Array.from({ length: count }, () => seen);
export const bad: Seen = { errors: 20 };
export const silent: Seen = { canary: 0 };
