import { z } from '@sluice/core';
import { readProcess } from './process-table';

/** A process as it is written down: a pid alone is given again after its process has gone. */
export const namedProcess = z.strictObject({ pid: z.int(), identity: z.string() });
export type NamedProcess = z.infer<typeof namedProcess>;

/** `null` where there is no such process. */
export function nameProcess(pid: number): NamedProcess | null {
  const found = readProcess(pid);
  return found && { pid, identity: found.identity };
}

/** Whether it runs: this very process, and not only as one that has ended and waits for its parent. */
export function isRunning({ pid, identity }: NamedProcess): boolean {
  const found = readProcess(pid);
  return found?.alive === true && found.identity === identity;
}
