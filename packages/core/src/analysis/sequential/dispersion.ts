/** What one instance answered in one block of time: `hits` of `of` requests. */
export interface Cell {
  instance: string;
  /** The number of its block; blocks that follow each other have numbers that do. */
  block: number;
  hits: number;
  of: number;
}

/** Where there is too little history to tell. */
export const unknownDispersion = 2;
/** Blocks of history (of a minute each) below which it is too little. */
export const leastBlocks = 30;

/**
 * How much more errors (or slow requests) vary from minute to minute and from instance to instance than chance alone makes
 * them: 1 where they come one by one, more where they come in bursts. Two neighbouring blocks are compared with each other only,
 * so that a rate that drifts over the day is no dispersion.
 */
export function dispersionOf(cells: readonly Cell[]): number {
  const groups = new Map<number, Cell[]>();
  for (const cell of cells) {
    const pair = Math.floor(cell.block / 2);
    const group = groups.get(pair);
    if (group) group.push(cell);
    else groups.set(pair, [cell]);
  }
  let [spread, expected] = [0, 0];
  for (const group of groups.values()) {
    const hits = group.reduce((sum, cell) => sum + cell.hits, 0);
    const all = group.reduce((sum, cell) => sum + cell.of, 0);
    if (hits === 0 || all === 0) continue;
    const p = hits / all;
    for (const { hits: k, of: n } of group) {
      spread += (k - n * p) ** 2;
      expected += n * p * (1 - p) * (1 - n / all);
    }
  }
  return expected > 0 ? Math.max(1, spread / expected) : 1;
}
