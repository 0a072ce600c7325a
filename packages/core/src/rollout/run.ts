import type { RolloutPorts } from '../ports';
import { execute } from './execute';
import type { EnvironmentState, Event } from './model';
import { isOver, nextCommand } from './next';
import { transition } from './transition';

/**
 * Drives one environment until nothing is left to do. The state is saved before every command, so a driver that was
 * killed anywhere goes on by calling this again with what the store holds. Rejects only when the store or the audit
 * log can't be written, or with the signal's reason.
 */
export async function run(
  start: EnvironmentState,
  ports: RolloutPorts,
  signal: AbortSignal,
): Promise<EnvironmentState> {
  let state = start;
  for (;;) {
    await ports.store.save(state);
    state = { ...state, audit: await ports.sink.record(state.outbox) };
    ports.sink.progress(state);
    if (isOver(state)) return state;
    const event = await nextEvent(state, ports, signal);
    state = transition(state, event);
  }
}

/** The answer to the state's command, or an act that came before it; then the command is broken off first. */
async function nextEvent(state: EnvironmentState, ports: RolloutPorts, signal: AbortSignal): Promise<Event> {
  const command = nextCommand(state);
  if (!command) throw new RangeError('a state that is over has no next event');
  const scope = new AbortController();
  const either = AbortSignal.any([signal, scope.signal]);
  const answer = execute(command, state, ports, either);
  const act = ports.inbox.arrived(either).then(() => 'act' as const);
  try {
    const first = await Promise.race([answer, act]);
    if (first !== 'act') return first;
    return ports.inbox.take() ?? (await answer);
  } finally {
    scope.abort();
    await Promise.allSettled([answer, act]);
  }
}
