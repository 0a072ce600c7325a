import {
  isOver,
  refuse,
  run,
  transition,
  type Act,
  type EnvironmentState,
  type RolloutPorts,
  type StateStore,
} from '@sluice/core';
import { createInbox } from './inbox';

/** Drives one project in one environment; there is one of it in the whole workspace. */
export interface Driver {
  state(): EnvironmentState;
  /** Applies an act; resolves with the state that has it, once that is saved. Rejects where the state does not admit it. */
  act(act: Act): Promise<EnvironmentState>;
  /** Goes on with what was under way when the last controller ended. */
  resume(): void;
  /** Calls with every new state until the returned function is called. */
  watch(listener: (state: EnvironmentState) => void): () => void;
  /** Leaves the rollout as it is, for the next controller. */
  leave(): Promise<void>;
}

export type DriverPorts = Omit<RolloutPorts, 'inbox'>;

const isLeaving = (signal: AbortSignal): boolean => signal.aborted;

/** How long a driver waits before it starts again after the store or the audit log could not be written. */
const retryAfter = 1000;

export function createDriver(
  loaded: EnvironmentState,
  ports: DriverPorts,
  report: (what: string, thrown: unknown) => void,
): Driver {
  let state = loaded;
  let running: Promise<void> | null = null;
  const inbox = createInbox();
  const leaving = new AbortController();
  const listeners = new Set<(state: EnvironmentState) => void>();

  const store: StateStore = {
    load: ports.store.load,
    async save(next) {
      await ports.store.save(next);
      state = next;
      inbox.acknowledge();
    },
  };
  const sink = {
    ...ports.sink,
    progress(next: EnvironmentState) {
      state = next;
      ports.sink.progress(next);
      for (const listener of listeners) listener(next);
    },
  };

  async function drive(start: EnvironmentState): Promise<void> {
    let from = start;
    while (!leaving.signal.aborted) {
      try {
        const end = await run(from, { ...ports, store, sink, inbox }, leaving.signal);
        const late = inbox.take();
        if (!late) break;
        from = transition(end, late);
      } catch (thrown) {
        if (isLeaving(leaving.signal)) break;
        report(`the rollout of ${state.project} in ${state.environment} stopped and starts again`, thrown);
        inbox.fail(thrown);
        await ports.clock.sleepUntil(ports.clock.now() + retryAfter, leaving.signal).catch(() => undefined);
        from = state;
      }
    }
    running = null; // in the same turn as the last look into the inbox
  }

  function start(from: EnvironmentState): void {
    running = drive(from);
  }

  return {
    state: () => state,

    async act(act) {
      const refusal = refuse(state, act);
      if (refusal) throw refusal;
      if (running) {
        await inbox.submit(act);
        return state;
      }
      const next = transition(state, act);
      await store.save(next);
      start(next);
      return next;
    },

    resume() {
      if (!running && !isOver(state)) start(state);
    },

    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    async leave() {
      leaving.abort(new Error('the controller is leaving'));
      await running;
    },
  };
}
