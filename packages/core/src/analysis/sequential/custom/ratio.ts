import type { RatioFigures } from '../../custom-figures';
import type { Share } from '../errors';

/** How many are bad of how many. */
export function badOf(figures: readonly RatioFigures[], worse: 'higher' | 'lower'): Share {
  const hits = figures.reduce((sum, one) => sum + one.hits, 0);
  const of = figures.reduce((sum, one) => sum + one.of, 0);
  return { hits: worse === 'higher' ? hits : of - hits, of };
}

export const addShares = (a: Share, b: Share): Share => ({ hits: a.hits + b.hits, of: a.of + b.of });
