import { nextTurn } from './split';

/** Where a process begins in the turns of a split. */
export type Begin = (weights: readonly number[]) => readonly number[];

/** The one process of a router, or the first. */
export const fromTheStart: Begin = () => [];

/**
 * Processes that serve the same split take their turns each for itself, so their sum is off by a request a process at
 * most. They begin at different places of the round: else, after a change, all would give their first requests to the
 * same slot.
 */
export const staggered =
  (index: number, processes: number): Begin =>
  (weights) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let credits: readonly number[] = [];
    for (let turn = Math.floor((index * total) / weights.reduce(divisor, total) / processes); turn > 0; turn -= 1) {
      credits = nextTurn(weights, credits)?.credits ?? [];
    }
    return credits;
  };

/** The greatest common one. A round of the split has as many turns as its weights have in sum, divided by it. */
function divisor(one: number, other: number): number {
  return other === 0 ? one : divisor(other, one % other);
}
