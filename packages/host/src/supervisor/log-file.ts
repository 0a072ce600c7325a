import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workload } from '@sluice/core';
import { copyOf } from '../log-copies';
import type { Mark } from './log-marks';
import { isSystemError } from './system-error';

/** What instances are called by: their release, with `-baseline` those of a fresh baseline of it. */
export const runOf = ({ release, slot }: Workload): string => (slot ? `${release}-${slot}` : release);

/** The folder of a workload's logs and the beginning of their names. */
const placeOf = (dir: string, workload: Workload) => ({
  folder: join(dir, 'logs', encodeName(workload.project), encodeName(workload.environment)),
  prefix: `${encodeName(runOf(workload))}-`,
});

/** The log of one instance of a workload: it is one file over all its restarts. */
export function logPath(dir: string, workload: Workload, number: number): string {
  const { folder, prefix } = placeOf(dir, workload);
  return join(folder, `${prefix}${number}.log`);
}

/** The logs that there are, by number. */
export async function findLogs(dir: string, workload: Workload): Promise<string[]> {
  const { folder, prefix } = placeOf(dir, workload);
  return (await namesIn(folder))
    .filter((name) => name.startsWith(prefix) && /^\d+\.log$/.test(name.slice(prefix.length)))
    .sort((a, b) => Number.parseInt(a.slice(prefix.length), 10) - Number.parseInt(b.slice(prefix.length), 10))
    .map((name) => join(folder, name));
}

/** Removes the logs of a project's releases but these, in all environments. */
export async function removeLogsExcept(dir: string, project: string, releases: readonly string[]): Promise<void> {
  const folder = join(dir, 'logs', encodeName(project));
  const kept = new Set(releases.map(encodeName));
  for (const environment of await namesIn(folder)) {
    for (const name of await namesIn(join(folder, environment))) {
      const release = /^(.+?)(?:-baseline)?-\d+\.log(?:\.\d+|\.next)?$/.exec(name)?.[1];
      if (release !== undefined && !kept.has(release)) await rm(join(folder, environment, name), { force: true });
    }
  }
}

const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  });

/** A name as one segment of a path, no two alike: `@scope/app` is `%40scope%2Fapp`. */
export const encodeName = (name: string): string =>
  encodeURIComponent(name).replace(/^\.+/, (dots) => '%2E'.repeat(dots.length));

/** How long a log is, and since when it is not longer. File times come from a clock that ticks every few ms. */
export function markOf(path: string): Mark {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? { at: Math.ceil(found.mtimeMs) + 10, offset: found.size } : { at: 0, offset: 0 };
}

/**
 * The lines behind `from`, of these the `last`. It counts bytes from the beginning of the log: what was cut off from it
 * lies below 0, in its copies. Reads at most `limit` bytes, the newest, and says in a line of its own when that leaves
 * some out. All in one turn of the event loop, so that no rotation comes between.
 */
export function readLines(
  path: string,
  { from, limit, last }: { from: number; limit: number; last?: number | undefined },
): string[] {
  const size = sizeOf(path);
  if (size === null) return [];
  const pieces = [...copiesOf(path), { path, begin: 0, end: size }];
  const first = Math.max(from > size ? 0 : from, pieces[0]?.begin ?? 0);
  const begin = Math.max(first, size - limit);
  const text = Buffer.concat(pieces.map((piece) => readPiece(piece, begin))).toString('utf8');
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  if (begin > first) lines[0] = `(${begin - first} bytes before this are left out)`; // that line is cut off anyway
  return last === undefined ? lines : last > 0 ? lines.slice(-last) : [];
}

interface Piece {
  path: string;
  begin: number;
  end: number;
}

/** The copies of a log without a gap between them, the oldest first. */
function copiesOf(log: string): Piece[] {
  const found: Piece[] = [];
  for (let number = 1, end = 0; ; number += 1) {
    const path = copyOf(log, number);
    const size = sizeOf(path);
    if (size === null) return found.reverse();
    found.push({ path, begin: end - size, end });
    end -= size;
  }
}

function readPiece({ path, begin, end }: Piece, from: number): Buffer {
  const skipped = Math.max(0, from - begin);
  const length = end - begin - skipped;
  if (length <= 0) return Buffer.alloc(0);
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(file, buffer, 0, length, skipped));
  } finally {
    closeSync(file);
  }
}

const sizeOf = (path: string): number | null => statSync(path, { throwIfNoEntry: false })?.size ?? null;
