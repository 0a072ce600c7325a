import type { EnvironmentName, Instant, InstanceCell } from '@sluice/core';
import { readHistory } from './controller/history';
import { historyFolder } from './router/history-file';
import { defaultLimits } from './router/limits';
import { hostFolderOf } from './sockets';

/** What the instances of stable answered in the day before `until`, by minutes since the epoch; no host needs to run. */
export const readPast = (
  root: string,
  place: { project: string; environment: EnvironmentName },
  until: Instant,
  signal: AbortSignal,
): Promise<InstanceCell[]> =>
  readHistory(historyFolder(hostFolderOf(root), place), { until, length: defaultLimits.minute }, signal);
