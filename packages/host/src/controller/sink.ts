import {
  progressLine,
  storyLine,
  type AuditEntry,
  type Clock,
  type Digest,
  type EnvironmentState,
  type EventSink,
} from '@sluice/core';

export interface AuditLog {
  record(entries: readonly AuditEntry[]): Promise<{ head: Digest | null; count: number }>;
}

type LogName = 'staging' | 'canary' | 'production';
type WriteLog = (worktree: string, project: string, log: LogName, line: string) => Promise<void>;

/** Lines of progress go to the log this often. */
const progressEvery = 10_000;

/**
 * The audit log first, since only it must not be lost; then the logs for people, which a full disk or a removed worktree
 * must not let stop a rollout.
 */
export function createSink(
  audit: AuditLog,
  writeLog: WriteLog,
  clock: Clock,
  latest: (entry: AuditEntry) => EnvironmentState | null,
): EventSink {
  const saidAt = new Map<string, number>();
  let written: Promise<unknown> = Promise.resolve();
  const say = (state: EnvironmentState, line: string) => {
    const place = state.rollout?.plan.place;
    if (!place) return;
    const write = () => writeLog(place.worktree, state.project, logOf(state), line);
    written = written.then(write).catch(() => undefined);
  };
  return {
    async record(entries) {
      const end = await audit.record(entries);
      for (const entry of entries) {
        const state = latest(entry);
        if (state) say(state, storyLine(entry));
      }
      return end;
    },
    progress(state) {
      if (state.rollout?.phase.name !== 'watching') return;
      const key = `${state.project}/${state.environment}`;
      if (clock.now() - (saidAt.get(key) ?? 0) < progressEvery) return;
      saidAt.set(key, clock.now());
      say(state, progressLine(state, clock.now()));
    },
  };
}

/** The log of the step that is being taken. */
export function logOf({ environment, rollout }: EnvironmentState): LogName {
  if (environment === 'staging' || !rollout) return 'staging';
  const { phase, plan, steps } = rollout;
  const index = 'step' in phase ? phase.step : Math.max(0, steps.length - 1);
  return plan.steps[index]?.stage ?? 'production';
}
