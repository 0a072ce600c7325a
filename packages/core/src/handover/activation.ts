import type { Instant } from '../analysis/figures';
import { formatInstant } from '../instant';
import type { Phase5 } from './phase5';
import type { TaskSearch } from './tasks';

/** What starts phase 6 where it is read. */
export const activationCode = '[ACTIVATE:DEPLOYMENT_ORCHESTRATOR_V1]';

/** What was made of a signal of phase 5. */
export interface Handled {
  /** The digest of the signal. */
  signal: string;
  startedAt: Instant;
  commit: string;
  /** What went to production for it; `null` where nothing did. */
  release: string | null;
  /** How the run ended before anything went to production. */
  failure: { stage: string; reason: string } | null;
}

export interface ActivationInput {
  phase5: Phase5;
  /** `null` where there is no tasks file: then nothing is to be active. */
  task: TaskSearch | null;
  /** The latest. */
  handled: Handled | null;
  /** What is deployed of the project at this moment; `null` where nothing is. */
  underWay: string | null;
}

export interface Activation {
  active: boolean;
  /** One sentence. */
  reason: string;
}

/** Whether phase 6 is to start: phase 5 is complete with GO, its task is active, and nothing was deployed for that signal yet. */
export function activationOf({ phase5, task, handled, underWay }: ActivationInput): Activation {
  const objection =
    phase5.standing !== 'go'
      ? phase5.reason
      : (wordObjection(phase5) ?? taskObjection(task) ?? underWay ?? handledObjection(phase5, handled));
  return objection === null ? { active: true, reason: phase5.reason } : { active: false, reason: objection };
}

const wordObjection = ({ triggerNext }: Phase5): string | null =>
  triggerNext === false ? 'phase 5 is complete with GO, but says by trigger_next not to go on by itself' : null;

function taskObjection(task: TaskSearch | null): string | null {
  if (!task) return null;
  if ('problem' in task) return task.problem;
  const { id, status, isActive } = task.task;
  return isActive ? null : `the deployment's task ${id} is ${status}`;
}

function handledObjection({ digest }: Phase5, handled: Handled | null): string | null {
  if (!handled || handled.signal !== digest || handled.release === null) return null;
  return `release ${handled.release} was deployed for this signal by the run of ${formatInstant(handled.startedAt)}`;
}
