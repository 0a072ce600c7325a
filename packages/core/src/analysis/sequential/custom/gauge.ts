import type { GaugeFigures } from '../../custom-figures';
import { addBounds, errorTimes } from '../bounds';
import { addBets, type Strand, type Trust } from '../strand';
import { coinChances, coinEvidence } from './coin';

/** Means of intervals, of those in which both arms told one. */
export interface Means {
  sum: number;
  count: number;
}

/** What one arm told in an interval; `null` for nothing. */
export function meanOf(figures: readonly GaugeFigures[]): number | null {
  const count = figures.reduce((all, one) => all + one.count, 0);
  return count > 0 ? figures.reduce((all, one) => all + one.sum, 0) / count : null;
}

export const addMean = ({ sum, count }: Means, mean: number): Means => ({ sum: sum + mean, count: count + 1 });

/**
 * Adds the means of an interval: is the canary's beyond its margin of the baseline's, or not? Each interval is the toss of a coin
 * that is fair at best for the bet, while in every interval, given those before it, it is no more likely beyond than within.
 */
export function addGauge(
  strand: Strand,
  { canary, baseline }: { canary: number; baseline: number },
  { worse, abort, promote }: { worse: 'higher' | 'lower'; abort: { ratio: number }; promote: { ratio: number } },
  trust: Trust,
): Strand {
  const [own, other] = worse === 'higher' ? [canary, baseline] : [baseline, canary];
  const isAbove = (ratio: number) => own > ratio * other;
  const bounds = addBounds(
    strand.bounds,
    errorTimes,
    (ratio, side) => coinEvidence(side === 'above' ? isAbove(ratio) : own < ratio * other, steady),
    trust.dispersion,
  );
  const against = coinChances.map((chance) => coinEvidence(isAbove(abort.ratio), chance));
  const forIt = coinChances.map((chance) => coinEvidence(!isAbove(promote.ratio), chance));
  return { ...addBets(strand, against, forIt, trust), bounds, reach: null };
}

/** What is bet on for the span. */
const steady = 0.75;
