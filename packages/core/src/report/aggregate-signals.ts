import { parseInstant } from '../instant';
import type { CompletionSignal } from './signal';
import type { ErrorSignal, OutcomeSignals, RollbackSignal } from './outcome-signals';

/** One of the projects that are deployed together, with what there is to tell of it so far. */
export interface Member {
  project: string;
  signals: OutcomeSignals;
}

type Named<T> = { project: string; signal: T };

/**
 * What the projects that are deployed together come to. Complete when all are: while one is under way, has failed or was
 * rolled back there is no such signal. A failure and a rollback are told at once. Of one project it is what that one says.
 */
export function aggregateSignals(members: readonly Member[]): OutcomeSignals {
  const [only] = members;
  if (only && members.length === 1) return only.signals;
  const of = <K extends keyof OutcomeSignals>(key: K): Named<NonNullable<OutcomeSignals[K]>>[] =>
    members.flatMap(({ project, signals }) => {
      const signal = signals[key];
      return signal ? [{ project, signal }] : [];
    });
  const complete = of('complete');
  const errors = of('error');
  const rollbacks = of('rollback');
  return {
    complete: complete.length === members.length ? allComplete(complete) : null,
    error: allFailed(errors),
    rollback: allBack(rollbacks),
  };
}

function allComplete(found: readonly Named<CompletionSignal>[]): CompletionSignal | null {
  const signals = found.map(({ signal }) => signal);
  const [first] = signals;
  if (!first) return null;
  const ends = signals.map(({ completed_at }) => parseInstant(completed_at) ?? 0);
  const starts = signals.map(({ duration_minutes }, at) => (ends[at] ?? 0) - duration_minutes * 60_000);
  const minutes = (Math.max(...ends) - Math.min(...starts)) / 60_000;
  return {
    ...first,
    summary: {
      ...first.summary,
      traffic: Math.min(...signals.map(({ summary }) => summary.traffic)),
      health: signals.every(({ summary }) => summary.health === 'green') ? 'green' : 'unknown',
      rollbacks: signals.reduce((sum, { summary }) => sum + summary.rollbacks, 0),
    },
    pipeline_complete: signals.every((signal) => signal.pipeline_complete),
    completed_at: latest(signals.map(({ completed_at }) => completed_at)),
    release: signals.map(({ release }) => release).join(', '),
    duration_minutes: Math.round(minutes * 10) / 10,
    ...byProject(found),
  };
}

function allFailed(found: readonly Named<ErrorSignal>[]): ErrorSignal | null {
  const [first] = found;
  if (!first) return null;
  const errors = found.map(({ signal }) => signal.error);
  const attempted = errors.filter(({ recovery_attempted }) => recovery_attempted);
  return {
    ...first.signal,
    failed_at: latest(found.map(({ signal }) => signal.failed_at)),
    error: {
      type: first.signal.error.type,
      message: found.map(({ project, signal }) => `${project}: ${signal.error.message}`).join('; '),
      recovery_attempted: attempted.length > 0,
      recovery_successful: attempted.length > 0 && attempted.every(({ recovery_successful }) => recovery_successful),
      requires_human: errors.some(({ requires_human }) => requires_human),
    },
    ...byProject(found),
  };
}

function allBack(found: readonly Named<RollbackSignal>[]): RollbackSignal | null {
  const [first] = found;
  if (!first) return null;
  return {
    ...first.signal,
    timestamp: latest(found.map(({ signal }) => signal.timestamp)),
    reason: found.map(({ project, signal }) => `${project}: ${signal.reason}`).join('; '),
    previous_version_restored: found.every(({ signal }) => signal.previous_version_restored),
    ...byProject(found),
  };
}

const byProject = <T>(found: readonly Named<T>[]): { projects: Record<string, T> } => ({
  projects: Object.fromEntries(found.map(({ project, signal }) => [project, signal])),
});

/** Of instants in ISO 8601, UTC. */
const latest = (instants: readonly string[]): string => [...instants].sort().at(-1) ?? '';
