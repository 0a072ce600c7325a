import type { Scenario, Settings } from './scenario';

export const hour = 3_600_000;

/** Every port that gives no answer may take so long; and its command is tried so often before something else is. */
const commandLimit = 15 * 60_000;
const tries = 6;

/** When the last that anybody wants, and the last trouble, is over. */
export const lastOf = ({ acts, troubles }: Scenario): number =>
  Math.max(...acts.map(({ after }) => after)) + troubles.reduce((sum, { lasts }) => sum + lasts, 0);

/** Simulated milliseconds after which everything that a scenario begins must have ended. */
export function limitOf({ acts, troubles }: Scenario): number {
  const last = Math.max(...acts.map(({ after }) => after));
  const own = acts.flatMap((act) => (act.want === 'deploy' ? [timeOf(act.settings)] : []));
  const trouble = troubles.reduce((sum, { lasts, size }) => sum + lasts + size * 5000, 0);
  return last + trouble + own.reduce((sum, time) => sum + time, 0) + (acts.length + 1) * tries * commandLimit;
}

const timeOf = ({ shares, duration, maxDuration, stepDuration, window, noData, freeze }: Settings): number =>
  (maxDuration ?? 2 * duration) +
  shares.length * 2 * (stepDuration + noData) +
  3 * window +
  freeze.reduce((sum, { from, to }) => sum + Math.max(0, from) + to - from, 0);
