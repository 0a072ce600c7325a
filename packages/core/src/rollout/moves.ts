import { entered, entry, type Entry } from './journal';
import type { EnvironmentState, Outcome, Phase, Rollout } from './model';

/** Moves to a phase and writes down what is worth it. What failed before holds up nothing that comes after. */
export function to(state: EnvironmentState, rollout: Rollout, phase: Phase, entries: Entry[] = []): EnvironmentState {
  const isNew = phase.name !== rollout.phase.name;
  const failures = isNew ? { ...rollout.failures, count: 0, retryAt: 0 } : rollout.failures;
  return entered({ ...state, rollout: { ...rollout, failures, phase } }, entries);
}

/** Traffic goes back first; the reason comes with it. */
export function withdraw(state: EnvironmentState, rollout: Rollout, outcome: Outcome): EnvironmentState {
  return to(state, rollout, { name: 'withdrawing', outcome }, [entry('withdraw', outcome.reason, outcome.at)]);
}

export function outcomeOf({ plan }: Rollout, reason: string, at: number, cause: Outcome['cause']): Outcome {
  return { result: plan.from && plan.kind === 'deploy' ? 'rolled-back' : 'failed', reason, at, cause };
}

/** The old release has no instances any more. */
export const cold = (state: EnvironmentState): EnvironmentState =>
  state.previous ? { ...state, previous: { ...state.previous, warmUntil: null } } : state;

/** The outcome is written down: a refused release is remembered, the old one stays warm for its window. */
export function close(state: EnvironmentState, rollout: Rollout, outcome: Outcome): EnvironmentState {
  const { plan } = rollout;
  const ended = { ...rollout, outcome, endedAt: outcome.at };
  const note = [entry(outcome.result, outcome.reason, outcome.at)];
  const isRefused =
    outcome.result === 'rolled-back' && outcome.cause === 'release' && plan.environment === 'production';
  const others = state.refused.filter((refusal) => refusal.release !== plan.release.id);
  const refused = isRefused
    ? [...others, { release: plan.release.id, reason: outcome.reason, at: outcome.at }]
    : state.refused;
  const warmUntil = state.previous?.warmUntil;
  return to({ ...state, refused }, ended, warmUntil ? { name: 'cooling', until: warmUntil } : { name: 'over' }, note);
}
