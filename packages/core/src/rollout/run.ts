import type { RolloutPorts } from '../ports';
import { execute } from './execute';
import type { EnvironmentState, Event } from './model';
import { isOver, nextCommand } from './next';
import { scoped } from './scope';
import { transition } from './transition';

/**
 * Drives one environment until nothing is left to do. The state is saved before every command, so a driver that was
 * killed anywhere goes on by calling this again with what the store holds. Rejects only when the store or the audit
 * log can't be written, when another driver has taken over (`STATE_STALE`, `ROUTE_STALE`), or with the signal's reason.
 */
export async function run(
  start: EnvironmentState,
  ports: RolloutPorts,
  signal: AbortSignal,
): Promise<EnvironmentState> {
  let state = start;
  let event: Event | null = null;
  try {
    for (;;) {
      await ports.store.save(state);
      state = { ...state, audit: await ports.sink.record(state.outbox) };
      ports.sink.progress(state, event);
      if (isOver(state)) return state;
      event = await nextEvent(state, ports, signal);
      state = transition(state, event);
    }
  } finally {
    ports.synthetic.keep(null); // nobody watches any more
  }
}

/** The answer to the state's command, or an act that came before it; then the command is broken off first. */
async function nextEvent(state: EnvironmentState, ports: RolloutPorts, signal: AbortSignal): Promise<Event> {
  const command = nextCommand(state);
  if (!command) throw new RangeError('a state that is over has no next event');
  return scoped(signal, async (scope, end) => {
    const answer = execute(command, state, ports, scope);
    const act = ports.inbox.arrived(scope).then(() => 'act' as const);
    try {
      const first = await Promise.race([answer, act]);
      return first === 'act' ? (ports.inbox.take() ?? (await answer)) : first;
    } finally {
      end();
      await answer.catch(() => undefined); // what comes next must not meet it
    }
  });
}
