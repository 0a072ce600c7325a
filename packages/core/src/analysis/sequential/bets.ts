import { logAddExp, logMeanExp } from './grid';

/**
 * What a set of bets has become: one logarithm for each alternative that is bet on. Half of the stake is set at the first
 * interval, the rest in ever smaller parts at the marks, so that a regression that begins late meets a stake that has lost
 * nothing yet. All parts together are never more than the whole, however long it goes on.
 */
export interface Bets {
  /** Empty before the first interval. */
  logs: number[];
  /** Marks at which a part of the stake was set. */
  marks: number;
}

export const noBets: Bets = { logs: [], marks: 0 };

const firstStake = 1 / 2;
/** What marks 1 to `marks` come to together: 1 / (2 j (j + 1)) at the j-th, 1/2 over all. */
const stakesUntil = (marks: number): number => marks / (2 * (marks + 1));

/**
 * Adds an interval.
 * @param increments the logarithms of its e-values, in the order of the alternatives
 * @param marks marks that have passed when the interval begins; it must not go back
 */
export function bet({ logs, marks: before }: Bets, increments: readonly number[], marks: number): Bets {
  const stake = (logs.length === 0 ? firstStake : 0) + Math.max(0, stakesUntil(marks) - stakesUntil(before));
  const added = Math.log(stake);
  return {
    logs: increments.map((increment, i) => increment + logAddExp(logs[i] ?? -Infinity, added)),
    marks: Math.max(before, marks),
  };
}

/** The logarithm of what all bets are worth, with the part of the stake that is not set yet. */
export function worthOf({ logs, marks }: Bets): number {
  if (logs.length === 0) return 0;
  return logAddExp(logMeanExp(logs), Math.log(1 - firstStake - stakesUntil(marks)));
}
