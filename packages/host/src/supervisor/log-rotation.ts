import {
  closeSync,
  createReadStream,
  createWriteStream,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Clock, Instant } from '@sluice/core';
import { copyOf, shiftCopies, type LogLimits } from '../log-copies';
import { isSystemError } from './system-error';

/** Told that so many bytes are at the end of copy 1 instead of the beginning of the log. */
type Cut = (bytes: number) => void;

export interface RotatorParts {
  clock: Clock;
  limits: LogLimits & { rotateAgainAfter: number };
  report: (what: string, thrown: unknown) => void;
}

/** Rotates logs that have become too long, each by one at a time. It never rejects: a log stops nothing. */
export function createRotator({ clock, limits, report }: RotatorParts) {
  const busy = new Set<string>();
  const failedAt = new Map<string, Instant>();

  return async (log: string, size: number, cut: Cut): Promise<void> => {
    if (size <= limits.logSize || busy.has(log)) return;
    if (clock.now() - (failedAt.get(log) ?? -Infinity) < limits.rotateAgainAfter) return;
    busy.add(log);
    try {
      await rotateLog(log, limits.logCopies, cut);
      failedAt.delete(log);
    } catch (error) {
      failedAt.set(log, clock.now());
      report(`the log ${log}, which is not rotated for now`, error);
    } finally {
      busy.delete(log);
    }
  };
}

/**
 * Copies a log to copy 1 and empties it. Its writers have it open for appending, so they go on at its new end. What they
 * write between the last read and the cut is lost: these are two calls of the system, one right after the other.
 */
export async function rotateLog(log: string, copies: number, cut: Cut): Promise<void> {
  try {
    await copyAndCut(log, copies, cut);
  } catch (error) {
    if (!isSystemError(error, 'ENOSPC', 'EDQUOT')) throw error;
    for (let number = 1; number <= copies; number += 1) await rm(copyOf(log, number), { force: true });
    await copyAndCut(log, copies, cut); // older lines made room for newer ones
  }
}

async function copyAndCut(log: string, copies: number, cut: Cut): Promise<void> {
  const next = `${log}.next`;
  try {
    await pipeline(createReadStream(log), createWriteStream(next, { mode: 0o600 }));
    cut(moveRest(log, next));
    shiftCopies(log, copies);
    renameSync(next, copyOf(log, 1));
  } finally {
    await rm(next, { force: true });
  }
}

/** Copies what was written meanwhile and empties the log, all in one turn of the event loop. Gives the bytes in the copy. */
function moveRest(log: string, next: string): number {
  const from = openSync(log, 'r+');
  const to = openSync(next, 'a');
  try {
    const buffer = Buffer.alloc(64 * 1024);
    let copied = fstatSync(to).size;
    for (;;) {
      const read = readSync(from, buffer, 0, buffer.length, copied);
      if (read === 0) break;
      for (let written = 0; written < read;) written += writeSync(to, buffer, written, read - written);
      copied += read;
    }
    ftruncateSync(from);
    return copied;
  } finally {
    closeSync(from);
    closeSync(to);
  }
}
