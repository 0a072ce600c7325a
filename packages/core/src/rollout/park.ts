import type { Instant } from '../analysis/figures';
import { barrierBefore, type Barrier } from './barrier';
import { entry } from './journal';
import type { EnvironmentState, Phase, Rollout } from './model';
import { to } from './moves';
import { opening } from './opening';

/** What nobody knows the end of is looked at so often: approvals expire, and somebody may read about it. */
const often = 60 * 60_000;

const parked = ({ waiting, until }: Barrier, at: Instant): Extract<Phase, { name: 'parked' }> => ({
  name: 'parked',
  waiting,
  until: Math.min(until ?? Infinity, at + often),
});

/** Begins with the first phase of a rollout, or parks it before anything of it is done. */
export function openOrPark(state: EnvironmentState, rollout: Rollout): EnvironmentState {
  const { at } = state;
  const barrier = barrierBefore(state, rollout, 0, at);
  if (!barrier) return to(state, rollout, opening(state, rollout.plan));
  return to(state, rollout, parked(barrier, at), [entry('wait', barrier.words, at)]);
}

/** A parked rollout begins as soon as nothing keeps it any more; one that is further is looked at with its figures. */
export function look(state: EnvironmentState, rollout: Rollout): EnvironmentState {
  const { at } = state;
  const { phase } = rollout;
  if (phase.name !== 'parked') return state;
  const barrier = barrierBefore(state, rollout, 0, at);
  if (!barrier) return to(state, rollout, opening(state, rollout.plan), [entry('wait', 'over: it begins', at)]);
  const news = barrier.waiting === phase.waiting ? [] : [entry('wait', barrier.words, at)];
  return to(state, rollout, parked(barrier, at), news);
}
