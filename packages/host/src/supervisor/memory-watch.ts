import { formatSize, type Clock } from '@sluice/core';
import type { Limits } from './limits';
import type { ProcessName } from './live-process';
import { sizeOfGroup } from './usage';

/**
 * Resolves with what is said of a process whose group has used more than `limit` bytes in several readings in a row; a
 * reading that failed says nothing. Rejects on abort.
 */
export async function untilTooLarge(
  process: ProcessName,
  limit: number,
  { clock, limits }: { clock: Clock; limits: Pick<Limits, 'memoryEvery' | 'memoryReadings'> },
  signal: AbortSignal,
): Promise<string> {
  for (let above = 0; ;) {
    await clock.sleepUntil(clock.now() + limits.memoryEvery, signal);
    const { memoryBytes } = await sizeOfGroup(process);
    if (memoryBytes === null) continue;
    above = memoryBytes > limit ? above + 1 : 0;
    if (above >= limits.memoryReadings) {
      return `used ${formatSize(memoryBytes)} of memory, more than runtime.memory, ${formatSize(limit)}`;
    }
  }
}
