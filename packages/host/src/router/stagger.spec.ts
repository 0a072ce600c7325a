import { nextTurn } from './split';
import { fromTheStart, staggered } from './stagger';

/** The slots of so many requests. */
function turns(weights: readonly number[], credits: readonly number[], count: number): number[] {
  const slots: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const turn = nextTurn(weights, credits);
    if (turn === undefined) break;
    slots.push(turn.index);
    ({ credits } = turn);
  }
  return slots;
}

describe('processes that share a split', () => {
  const weights = [95, 5];
  const canaryTurns = [0, 1, 2, 3].map((index) => turns(weights, staggered(index, 4)(weights), 20).indexOf(1));

  it('begin at different places of its round, the first one at the start', () => {
    expect(new Set(canaryTurns).size).toBe(4);
    expect(turns(weights, staggered(0, 4)(weights), 20)).toEqual(turns(weights, fromTheStart(weights), 20));
  });

  it('have their turns evenly spread over a round', () => {
    const sorted = [...canaryTurns].sort((one, other) => one - other);
    expect(sorted.slice(1).map((turn, index) => turn - (sorted[index] ?? 0))).toEqual([5, 5, 5]);
  });

  it.each([[[100]], [[0, 0]], [[]], [[34, 33, 33]]])('are exact, each of them: %p', (weights) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const index of [0, 1, 2]) {
      const round = turns(weights, staggered(index, 3)(weights), total);
      weights.forEach((weight, slot) => expect(round.filter((turn) => turn === slot)).toHaveLength(weight));
    }
  });
});
