import type { SlotFigures } from '../analysis/figures';

/**
 * Throughput against the split: a slot that gets clearly less or more than its share is a finding. "Clearly" is four
 * standard deviations of a binomial count, and one request.
 */
export function shareFinding(
  figures: readonly Pick<SlotFigures, 'release' | 'requests'>[],
  release: string,
  traffic: number,
): string | null {
  const total = figures.reduce((sum, slot) => sum + slot.requests, 0);
  const own = figures.filter((slot) => slot.release === release).reduce((sum, slot) => sum + slot.requests, 0);
  const share = traffic / 100;
  const expected = total * share;
  const tolerance = 4 * Math.sqrt(total * share * (1 - share)) + 1;
  if (Math.abs(own - expected) <= tolerance) return null;
  return `the release got ${own} of ${total} requests, its share of ${traffic} % would be ${Math.round(expected)}`;
}
