import type { Clock, EnvironmentState, OutcomeSignals, TaskMark } from '@sluice/core';
import type { SignalActs } from './stale-signals';

/** What the acts are done with. */
export interface SignalMeans {
  /** The main checkout. */
  root: string;
  clock: Clock;
  files: {
    beginSignals(
      worktree: string,
      projects: readonly string[],
      beginning: { commit: string; at: number; process: null },
    ): Promise<void>;
    writeSignals(worktree: string, project: string, signals: OutcomeSignals | null): Promise<unknown>;
  };
  stateOf(project: string, environment: string): EnvironmentState | null;
  markTask(task: string, mark: TaskMark): Promise<void>;
  report(what: string, thrown: unknown): void;
}

/** A deployment to production that begins sets its task to in progress. */
export const createSignalActs = ({ root, clock, files, stateOf, markTask, report }: SignalMeans): SignalActs => ({
  async begin({ project, environment, release, place }) {
    const at = clock.now();
    await files.beginSignals(place.worktree, [project], { commit: release.commit, at, process: null });
    const plan = stateOf(project, environment)?.rollout?.plan;
    if (environment !== 'production' || !plan) return;
    const mark = { status: 'in-progress', project, release: release.id, at } as const;
    await markTask(plan.task, mark).catch((thrown: unknown) => report('the task', thrown));
  },
  async forget({ project }) {
    const place = stateOf(project, 'production')?.rollout?.plan.place;
    await files.writeSignals(place?.worktree ?? root, project, null);
  },
});
