import {
  completionSignal,
  deploymentReport,
  type Clock,
  type EnvironmentState,
  type Publisher,
  type Receipt,
} from '@sluice/core';

/** Where report and signal go. */
export interface DeploymentFiles {
  receipts(checkout: string, project: string): Promise<Receipt[]>;
  writeReport(worktree: string, project: string, markdown: string): Promise<void>;
  writeSignal(worktree: string, project: string, signal: object | null): Promise<void>;
}

export interface Publication {
  clock: Clock;
  files: DeploymentFiles;
  stateOf(project: string, environment: string): Promise<EnvironmentState | null>;
  /** Deletes all but the newest releases and those that a state names. */
  prune(project: string, keep: number): Promise<void>;
  report(what: string, thrown: unknown): void;
}

/** Writes the report of every rollout, and the completion signal of a production deployment that is done. */
export function createPublisher({ clock, files, stateOf, prune, report }: Publication): Publisher {
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
        if (environment === 'production') await files.writeSignal(place.worktree, project, completionSignal(state));
      }
      // what is kept too long says nothing about the rollout
      if (rollout) await prune(project, rollout.plan.keep).catch((thrown: unknown) => report('old releases', thrown));
    },
  };
}
