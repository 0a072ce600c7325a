import {
  awaitsMerge,
  isMergeable,
  sluiceError,
  toProblem,
  type Clock,
  type EnvironmentState,
  type EventSink,
  type MergeOutcome,
} from '@sluice/core';
import type { Driver } from './driver';

/** Merges what deployments wrote, beside their rollouts: it holds up none, and none of them fails by it. */
export interface Merger {
  /** Begins the merge that a state waits for. What came of it goes into that state. */
  consider(state: EnvironmentState): void;
  /** Merges what waits, once more. Rejects with `NOTHING_TO_MERGE`. */
  again(project: string): Promise<MergeOutcome>;
  /** Breaks off what is under way: the next controller begins it anew. */
  leave(): Promise<void>;
}

export interface MergerSources {
  /** `null` where none is wanted. Whatever an earlier call came to, it goes on from there. */
  merge(state: EnvironmentState, signal: AbortSignal): Promise<MergeOutcome | null>;
  driverOf(project: string): Promise<Driver>;
  clock: Clock;
  report(what: string, thrown: unknown): void;
}

/** Builds, hooks and pushes that have not ended by then are broken off. */
const limit = 45 * 60_000;

export function createMerger({ merge, driverOf, clock, report }: MergerSources): Merger {
  const leaving = new AbortController();
  const running = new Map<string, { number: number; outcome: Promise<MergeOutcome> }>();

  async function work(state: EnvironmentState, number: number, release: string): Promise<MergeOutcome> {
    leaving.signal.throwIfAborted();
    const signal = AbortSignal.any([leaving.signal, AbortSignal.timeout(limit)]);
    const outcome = await merge(state, signal).catch((thrown: unknown) => {
      leaving.signal.throwIfAborted();
      report(`the merge of ${state.project}`, thrown);
      return failed(state, thrown);
    });
    if (!outcome) throw sluiceError('NOTHING_TO_MERGE', { project: state.project });
    const driver = await driverOf(state.project);
    await driver.act({ type: 'merged', at: clock.now(), number, release, merge: outcome });
    return outcome;
  }

  function begin(state: EnvironmentState): Promise<MergeOutcome> {
    const { project, rollout } = state;
    const number = rollout?.number ?? 0;
    const known = running.get(project);
    if (known?.number === number) return known.outcome;
    const outcome = (known?.outcome ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => work(state, number, rollout?.plan.release.id ?? ''))
      .finally(() => {
        if (running.get(project)?.number === number) running.delete(project);
      });
    running.set(project, { number, outcome });
    return outcome;
  }

  return {
    consider(state) {
      if (leaving.signal.aborted || !awaitsMerge(state)) return;
      begin(state).catch((thrown: unknown) => {
        if (!leaving.signal.aborted) report(`the merge of ${state.project}`, thrown);
      });
    },

    async again(project) {
      const state = (await driverOf(project)).state();
      const { merge: found = null } = state.rollout ?? {};
      if (!isMergeable(state)) throw sluiceError('NOTHING_TO_MERGE', { project });
      const isDone = found !== null && found.result !== 'waiting' && found.pushed !== false;
      return isDone ? found : begin(state);
    },

    async leave() {
      leaving.abort(new Error('the controller is leaving'));
      await Promise.all([...running.values()].map(({ outcome }) => outcome.catch(() => undefined)));
    },
  };
}

/** A sink that shows every state to the merger, too. */
export const withMerges = (sink: EventSink, merger: Pick<Merger, 'consider'>): EventSink => ({
  ...sink,
  progress(state, event) {
    sink.progress(state, event);
    merger.consider(state);
  },
});

function failed({ project, rollout }: EnvironmentState, thrown: unknown): MergeOutcome {
  const { message, remedy, code } = toProblem(thrown);
  return {
    ...{ result: 'waiting', reason: `${message} (${code}) ${remedy}`, base: rollout?.plan.merge.base ?? null },
    ...{ commit: null, branch: null, command: `npx sluice worktree merge ${project}` },
    pushed: rollout?.plan.merge.how === 'push' ? false : null,
  };
}
