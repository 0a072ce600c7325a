import type { Limits } from './limits';

/** How long to wait before the restart that follows `failures` failures in a row, in ms; none before the first. */
export function restartDelay(failures: number, { first, longest }: Limits['backoff']): number {
  return failures === 0 ? 0 : Math.min(longest, first * 2 ** (failures - 1));
}
