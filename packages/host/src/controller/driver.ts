import {
  isOver,
  notBefore,
  refuse,
  run,
  sluiceError,
  toProblem,
  transition,
  type Act,
  type EnvironmentState,
  type Event,
  type Problem,
  type RolloutPorts,
  type SluiceError,
  type StateStore,
} from '@sluice/core';
import { createInbox } from './inbox';

/** Drives one project in one environment; there is one of it in the whole workspace. */
export interface Driver {
  state(): EnvironmentState;
  /**
   * Applies an act; resolves with the state that has it, once that is saved. Acts are applied one after the other: rejects
   * where the state that an act meets does not admit it, or can't be saved.
   */
  act(act: Act): Promise<EnvironmentState>;
  /** Goes on with what was under way when the last controller ended. */
  resume(): void;
  /** Calls with every new state until the returned function is called; `onStuck` when `stuck` has come to be. */
  watch(listener: (state: EnvironmentState) => void, onStuck?: () => void): () => void;
  /** Why the latest state or its entries could not be written, until they are. */
  trouble(): Problem | null;
  /** The same as an error, once it has lasted for so long that nobody is to wait for its end. */
  stuck(): SluiceError | null;
  /** Leaves the rollout as it is, for the next controller. */
  leave(): Promise<void>;
}

export type DriverPorts = Omit<RolloutPorts, 'inbox'>;

/** Another driver has taken over. */
const superseded: readonly string[] = ['STATE_STALE', 'ROUTE_STALE'];

const isLeaving = (signal: AbortSignal): boolean => signal.aborted;

/** How long a driver waits before it starts again after the store or the audit log could not be written. */
const retryAfter = 1000;
const patience = 30_000;

export function createDriver(
  loaded: EnvironmentState,
  ports: DriverPorts,
  report: (what: string, thrown: unknown) => void,
  /** Another driver has taken over: this one has left. */
  onSuperseded: () => void = () => undefined,
): Driver {
  let state = loaded;
  const clock = notBefore(ports.clock, loaded.at);
  let isDriven = false;
  let driven = Promise.resolve();
  const inbox = createInbox((act) => refuse(state, act));
  const leaving = new AbortController();
  const listeners = new Set<Parameters<Driver['watch']>>();
  let trouble: { problem: Problem; since: number } | null = null;

  function stuck(): SluiceError | null {
    if (!trouble || clock.now() - trouble.since < patience) return null;
    const { project, environment } = state;
    return sluiceError('ROLLOUT_STUCK', { project, environment, ...trouble.problem });
  }

  const store: StateStore = {
    load: ports.store.load,
    async save(next, after) {
      await ports.store.save(next, after);
      state = next;
      inbox.acknowledge();
    },
  };
  const sink = {
    ...ports.sink,
    progress(next: EnvironmentState, event: Event | null) {
      state = next;
      trouble = null;
      ports.sink.progress(next, event);
      for (const [listener] of listeners) listener(next);
    },
  };

  /** Runs until nothing is left to do and no act waits. */
  async function drive(first: EnvironmentState): Promise<void> {
    for (let from: EnvironmentState | null = first; from && !leaving.signal.aborted;) {
      try {
        await run(from, { ...ports, clock, store, sink, inbox }, leaving.signal);
        from = awake();
      } catch (thrown) {
        if (isLeaving(leaving.signal)) break;
        report(`the rollout of ${state.project} in ${state.environment} stopped and starts again`, thrown);
        inbox.fail(thrown);
        if (superseded.includes(toProblem(thrown).code)) {
          leaving.abort(thrown);
          onSuperseded();
          break;
        }
        trouble = { problem: toProblem(thrown), since: trouble?.since ?? clock.now() };
        if (stuck()) for (const [, onStuck] of listeners) onStuck?.();
        await clock.sleepUntil(clock.now() + retryAfter, leaving.signal).catch(() => undefined);
        from = state; // even one that is over: its entries may not be in the audit log yet
      }
    }
    isDriven = false; // in the same turn as the last look into the inbox
  }

  function start(from: EnvironmentState | null): void {
    if (isDriven || !from) return;
    isDriven = true;
    driven = drive(from);
  }

  /** The state to go on from, or `null` when it is over and no act begins anew. */
  function awake(): EnvironmentState | null {
    if (!isOver(state)) return state;
    const act = inbox.take();
    return act ? transition(state, act) : null;
  }

  return {
    state: () => state,

    async act(act) {
      if (leaving.signal.aborted) throw sluiceError('HOST_LEAVING', {});
      const saved = inbox.submit(act);
      if (!isDriven) start(awake());
      await saved;
      return state;
    },

    resume() {
      if (!isOver(state) || state.outbox.length > 0) start(state);
    },

    watch(...listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    trouble: () => trouble?.problem ?? null,
    stuck,

    async leave() {
      leaving.abort(new Error('the controller is leaving'));
      await driven;
      inbox.fail(sluiceError('HOST_LEAVING', {}));
      ports.synthetic.keep(null);
    },
  };
}
