import type { Crew } from './crew';
import type { HookName } from './hook-book';
import { runHook, type HookCall, type HookParts } from './hooks';

export interface CrewHooksParts extends HookParts {
  /** Releases are only tried: `afterStop` is not run. */
  isTrial: boolean;
  report: (what: string, thrown: unknown) => void;
}

/** What is run around the life of a crew. Hooks are its release's, so a fresh baseline runs none: others of it live on. */
export function createCrewHooks({ isTrial, report, ...parts }: CrewHooksParts) {
  const { book, forgotten } = parts;
  const callOf = (name: HookName, { workload, settings, instances: [first] }: Crew): HookCall[] =>
    first ? [{ name, workload, settings, log: first.log }] : [];

  return {
    async prepare(crew: Crew, signal: AbortSignal): Promise<void> {
      if (crew.workload.slot) return;
      if (crew.settings.afterStop) book.forget(crew.workload, 'afterStop'); // it will have to be stopped once more
      for (const call of callOf('beforeStart', crew)) await runHook(call, parts, signal);
    },

    async conclude(crew: Crew): Promise<void> {
      const { workload, settings } = crew;
      if (isTrial || workload.slot || !settings.afterStop) return;
      try {
        if (settings.beforeStart && !book.isDone(workload, 'beforeStart')) return; // no instance was ever started
        for (const call of callOf('afterStop', crew)) await runHook(call, parts, forgotten);
      } catch (error) {
        forgotten.throwIfAborted();
        report(`afterStop of ${workload.release} of ${workload.project} in ${workload.environment}`, error);
      }
    },
  };
}
