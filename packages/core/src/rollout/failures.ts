import type { Problem } from '../errors';
import type { EnvironmentState, Event, Failures, Rollout } from './model';
import { close, outcomeOf, to, withdraw } from './moves';

const patience = 5;
const longest = 30_000;
/** Trying again can't mend these. */
const unservable: readonly string[] = ['PORT_IN_USE', 'LISTEN_FAILED'];
const hopeless: readonly string[] = [
  ...unservable,
  ...['RELEASE_UNKNOWN', 'RELEASE_CORRUPT', 'ARTIFACT_CORRUPT', 'COMMAND_MISSING'],
];

/**
 * A command could not be carried out. It is tried again, later each time; when that does not help, a rollout that still
 * has a way back takes it, and one that is on its way back or already through tries on, for as long as it takes.
 */
export function backOff(
  state: EnvironmentState,
  before: Rollout,
  event: Extract<Event, { type: 'failed' }>,
): EnvironmentState {
  const { problem, at } = event;
  const count = before.failures.count + 1;
  const failures: Failures = { count, problem, retryAt: at + Math.min(longest, 250 * 2 ** count) };
  const rollout = { ...before, failures };
  const again = { ...state, rollout };
  if (!before.isClaimed && !isUnservable(problem)) return again; // whatever else is done, the router must know of it
  if (count < patience && !hopeless.includes(problem.code)) return again;
  const calm = { ...before, failures: { count: 0, problem, retryAt: at } };
  const outcome = outcomeOf(rollout, `${problem.message} (${problem.code})`, at, 'world');
  switch (before.phase.name) {
    case 'tidying': // going on would forget the instances that were to be stopped
    case 'proving':
      return to(state, calm, { name: 'publishing', outcome: { ...outcome, result: 'failed' } });
    case 'starting':
    case 'trying':
      return to(state, calm, { name: 'clearing', outcome });
    case 'shifting':
      return wasNeverInForce(before, problem)
        ? to(state, calm, { name: 'clearing', outcome })
        : withdraw(state, calm, outcome);
    case 'growing':
    case 'merging':
    case 'shedding':
    case 'verifying':
      return withdraw(state, calm, outcome);
    case 'watching':
      return at - before.phase.observedAt > before.plan.judge.noData ? withdraw(state, calm, outcome) : again;
    case 'publishing':
      return close(state, calm, {
        ...before.phase.outcome,
        reason: `${before.phase.outcome.reason}; the report could not be written: ${problem.message}`,
      });
    case 'withdrawing':
    case 'settling':
    case 'clearing':
    case 'parked':
    case 'cooling':
    case 'retiring':
    case 'lowering':
    case 'dismantling':
    case 'over':
      return again;
  }
}

const isUnservable = ({ code }: Problem): boolean => unservable.includes(code);

/**
 * No route of the rollout was ever in force, not even in a part of the router: the first one that was sent was refused, since the
 * port was never ours.
 */
const wasNeverInForce = ({ steps, failures, isClaimed }: Rollout, problem: Problem): boolean =>
  steps.length === 0 && failures.count === 0 && isClaimed && isUnservable(problem);
