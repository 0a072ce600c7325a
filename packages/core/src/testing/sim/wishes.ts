import type { Inbox } from '../../ports';
import type { Act, EnvironmentState } from '../../rollout/model';
import type { Plan } from '../../rollout/plan';
import { aRelease } from '../builders';
import { simulatedStart } from '../simulated-clock';
import { planOf } from './plan-of';
import type { Scenario, Settings, Wish } from './scenario';
import type { SimWorld } from './world';

/** What people want, put into the inbox at its time. */
export interface Wishes {
  /** Resolves when an act waits, or with `false` when none will ever come. */
  next(inbox: Inbox, signal: AbortSignal): Promise<boolean>;
}

export function scheduleWishes(
  { acts }: Scenario,
  world: SimWorld,
  latest: () => EnvironmentState,
  say: (text: () => string) => void,
  onPlan: (plan: Plan, settings: Settings) => void,
): Wishes {
  let left = acts.length;
  const waiting = new Set<() => void>();
  for (const wish of acts) {
    world.clock.at(simulatedStart + wish.after, () => {
      left -= 1;
      say(() => `somebody wants: ${wish.want}${'release' in wish ? ` ${wish.release}` : ''}`);
      const act = actOf(wish, latest(), world.clock.now() + world.ahead);
      if (act?.type === 'begin' && wish.want === 'deploy') onPlan(act.plan, wish.settings);
      if (act) world.inbox.put(act);
      for (const wake of waiting) wake();
    });
  }
  return {
    async next(inbox, signal) {
      while (world.inbox.waiting() === 0) {
        if (left === 0) return false;
        const turn = new AbortController();
        const wake = () => turn.abort(signal.reason);
        waiting.add(wake);
        signal.addEventListener('abort', wake);
        try {
          await inbox.arrived(turn.signal);
        } catch (thrown) {
          if (!turn.signal.aborted) throw thrown;
        } finally {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
        }
        signal.throwIfAborted();
      }
      return true;
    },
  };
}

/** The act that a wish comes to in a state; `null` where whoever has it sees that it makes no sense. */
function actOf(wish: Wish, state: EnvironmentState, at: number): Act | null {
  const by = 'dana';
  switch (wish.want) {
    case 'deploy':
      return { type: 'begin', at, plan: planOf(wish, state) };
    case 'roll back':
      return state.rollout ? { type: 'begin', at, plan: planOf(wish, state) } : null;
    case 'promote':
      return { type: 'goal', at, by, goal: 'production' };
    case 'hold':
      return { type: 'goal', at, by, goal: 'canary' };
    case 'abort':
      return { type: 'abort', at, by, reason: 'it looks odd' };
    case 'go on':
      return { type: 'promote', at, by, reason: 'it looks well' };
    case 'take down':
      return { type: 'down', at, by };
    case 'approve': {
      const { before, release } = wish;
      return { type: 'approve', at, by: wish.by, before, release: aRelease(release).id, reason: 'it was looked at' };
    }
    case 'reject':
      return { type: 'reject', at, by, release: aRelease(wish.release).id, reason: 'not today' };
    case 'lift the freeze':
      return { type: 'unfreeze', at, by, until: at + wish.lasts, reason: 'it is urgent' };
    case 'allow':
      return { type: 'allow', at, by, release: aRelease(wish.release).id, reason: 'it is mended' };
  }
}
