import { mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSystemError } from './supervisor/system-error';

/** How long a log may get, in bytes, and how many copies of what was before are kept. */
export interface LogLimits {
  logSize: number;
  logCopies: number;
}

export const logLimits: LogLimits = { logSize: 20 * 1024 * 1024, logCopies: 3 };

/** What was cut off from a log: copy 1 is what was cut off last. */
export const copyOf = (log: string, number: number): string => `${log}.${number}`;

/** Makes place for a new copy 1; the oldest is lost. */
export function shiftCopies(log: string, copies: number): void {
  for (let number = copies - 1; number >= 1; number -= 1) renameIfThere(copyOf(log, number), copyOf(log, number + 1));
}

/** Opens a log for a new process to append to. A full disk, or a folder that may not be written, stops no process. */
export function openLog(path: string): number | 'ignore' {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, 'a', 0o600);
  } catch {
    return 'ignore';
  }
}

/** Puts a log that is too long aside as a whole: for one that nobody has open, or whose writer may go on in the copy. */
export function turnLog(path: string, { logSize, logCopies } = logLimits): void {
  try {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) <= logSize) return;
    shiftCopies(path, logCopies);
    renameSync(path, copyOf(path, 1));
  } catch {
    // then it grows on: a log stops nothing
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error;
  }
}
