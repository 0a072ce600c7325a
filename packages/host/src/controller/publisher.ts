import {
  deploymentReport,
  outcomeSignals,
  type Clock,
  type EnvironmentState,
  type OutcomeSignals,
  type Publisher,
  type Receipt,
  type TaskMark,
} from '@sluice/core';

/** Where report and signal go. */
export interface DeploymentFiles {
  receipts(checkout: string, project: string): Promise<Receipt[]>;
  writeReport(worktree: string, project: string, markdown: string): Promise<void>;
  /** Answers what all that are deployed together come to. */
  writeSignals(worktree: string, project: string, signals: OutcomeSignals): Promise<OutcomeSignals>;
}

export interface Publication {
  clock: Clock;
  files: DeploymentFiles;
  stateOf(project: string, environment: string): Promise<EnvironmentState | null>;
  /** Deletes all but the newest releases and those that a state names. */
  prune(project: string, keep: number): Promise<void>;
  /** Sets the deployment's task in the list of the pipeline around. */
  markTask(task: string, mark: TaskMark): Promise<void>;
  report(what: string, thrown: unknown): void;
}

/** Writes report and signals of every rollout. Where all of a deployment is complete, its task is done. */
export function createPublisher({ clock, files, stateOf, prune, markTask, report }: Publication): Publisher {
  return {
    async publish(state) {
      const { project, environment, rollout } = state;
      const place = rollout?.plan.place;
      if (rollout && place) {
        const other = async (name: string) => (name === environment ? state : await stateOf(project, name));
        const text = deploymentReport({
          project,
          commit: rollout.plan.release.commit,
          states: { staging: await other('staging'), production: await other('production') },
          receipts: await files.receipts(place.checkout, project),
          failure: null,
          now: clock.now(),
        });
        await files.writeReport(place.worktree, project, text);
        const signals = outcomeSignals(state);
        const all = signals && (await files.writeSignals(place.worktree, project, signals));
        if (all?.complete?.pipeline_complete) {
          const { task, release } = rollout.plan;
          const mark = { status: 'done', project, release: release.id, at: clock.now() } as const;
          await markTask(task, mark).catch((thrown: unknown) => report('the task', thrown));
        }
      }
      // what is kept too long says nothing about the rollout
      if (rollout) await prune(project, rollout.plan.keep).catch((thrown: unknown) => report('old releases', thrown));
    },
  };
}
