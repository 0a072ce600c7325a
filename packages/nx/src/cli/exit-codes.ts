import type { Problem, StatusReport } from '@sluice/core';

/** What the bin ends with. The one table: its help prints it, and a test holds docs/operations.md to it. */
export const exitCodes = {
  done: { code: 0, means: 'done; with --exit-code: the latest rollout ended well' },
  failed: { code: 1, means: 'failed, or an error; with --exit-code also: nothing is in service' },
  usage: { code: 2, means: 'the command is wrong: its arguments, or a project or release that there is not' },
  rolledBack: { code: 3, means: 'rolled back (with --exit-code)' },
  waiting: { code: 4, means: 'a rollout is under way, or waits for deploy-prod or a person' },
  hostDown: { code: 5, means: 'the host does not run, does not answer, or is of a version that can not be talked to' },
} as const satisfies Record<string, { code: number; means: string }>;

export type Exit = keyof typeof exitCodes;

type EnvironmentStatus = StatusReport['environments'][number];

const byProblem: Readonly<Record<string, Exit>> = {
  APPROVAL_MISSING: 'waiting',
  CONFIGURATION_UNKNOWN: 'usage',
  NOT_CONFIRMED: 'usage',
  PROJECT_UNKNOWN: 'usage',
  RECORD_INVALID: 'usage',
  RELEASE_UNKNOWN: 'usage',
  ROLLOUT_HELD: 'waiting',
  ROLLOUT_IN_PROGRESS: 'waiting',
  ROLLOUT_WAITING: 'waiting',
  HOST_LEAVING: 'hostDown',
  HOST_UNREACHABLE: 'hostDown',
  HOST_VERSION: 'hostDown',
};

export const exitOfProblem = ({ code }: Problem): Exit => byProblem[code] ?? 'failed';

const byOutcome: Readonly<Record<EnvironmentStatus['outcome'], Exit>> = {
  done: 'done',
  running: 'waiting',
  waiting: 'waiting',
  held: 'waiting',
  'rolled-back': 'rolledBack',
  failed: 'failed',
  none: 'failed',
};

/** How an environment stands: without a host nothing serves, whatever its files say. */
export function exitOfStatus(status: EnvironmentStatus | undefined, hasHost: boolean): Exit {
  if (!status || status.outcome === 'none') return 'failed';
  return hasHost ? byOutcome[status.outcome] : 'hostDown';
}
