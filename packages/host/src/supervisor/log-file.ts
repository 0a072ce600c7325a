import { statSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workload } from '@sluice/core';
import type { Mark } from './log-marks';
import { isSystemError } from './system-error';

/** The folder of a workload's logs and the beginning of their names. */
const placeOf = (dir: string, { project, environment, release }: Workload) => ({
  folder: join(dir, 'logs', encodeName(project), encodeName(environment)),
  prefix: `${encodeName(release)}-`,
});

/** The log of one instance of a workload: it is one file over all its restarts. */
export function logPath(dir: string, workload: Workload, number: number): string {
  const { folder, prefix } = placeOf(dir, workload);
  return join(folder, `${prefix}${number}.log`);
}

/** The logs that there are, by number. */
export async function findLogs(dir: string, workload: Workload): Promise<string[]> {
  const { folder, prefix } = placeOf(dir, workload);
  const names = await readdir(folder).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  });
  return names
    .filter((name) => name.startsWith(prefix) && /^\d+\.log$/.test(name.slice(prefix.length)))
    .sort((a, b) => Number.parseInt(a.slice(prefix.length), 10) - Number.parseInt(b.slice(prefix.length), 10))
    .map((name) => join(folder, name));
}

/** A name as one segment of a path, no two alike: `@scope/app` is `%40scope%2Fapp`. */
export const encodeName = (name: string): string =>
  encodeURIComponent(name).replace(/^\.+/, (dots) => '%2E'.repeat(dots.length));

/** How long a log is, and since when it is not longer. File times come from a clock that ticks every few ms. */
export function markOf(path: string): Mark {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? { at: Math.ceil(found.mtimeMs) + 10, offset: found.size } : { at: 0, offset: 0 };
}

/**
 * The lines behind `from` (a byte), of these the `last`. Reads at most `limit` bytes, the newest, and says in a line of
 * its own when that leaves some out.
 */
export async function readLines(
  path: string,
  { from, limit, last }: { from: number; limit: number; last?: number | undefined },
): Promise<string[]> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  });
  if (!file) return [];
  try {
    const { size } = await file.stat();
    const begin = Math.max(from > size ? 0 : from, size - limit);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - begin), 0, size - begin, begin);
    const lines = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/);
    if (lines.at(-1) === '') lines.pop();
    const left = begin - (from > size ? 0 : from);
    if (left > 0) lines[0] = `(${left} bytes before this are left out)`; // that line is cut off anyway
    return last === undefined ? lines : last > 0 ? lines.slice(-last) : [];
  } finally {
    await file.close();
  }
}
