import type { Random } from '../random';

/** Where a scenario's choices come from. */
export type Draw = Random;

export const chance = (draw: Draw, p: number): boolean => draw.next() < p;

/** A whole number, both ends included. */
export const whole = (draw: Draw, from: number, to: number): number => from + Math.floor(draw.next() * (to - from + 1));

export function oneOf<T>(draw: Draw, items: readonly T[]): T {
  const item = items[Math.floor(draw.next() * items.length)];
  if (item === undefined) throw new RangeError('nothing to draw from');
  return item;
}
