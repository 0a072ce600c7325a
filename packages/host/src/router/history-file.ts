import { appendFile, mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { encodeName } from '../supervisor/log-file';
import { createLineWriter } from './line-writer';
import type { InstanceMinute } from './minutes';
import type { Place } from './route';

/** Where the closed minutes of a route are kept: a file an hour, a line an instance and minute. */
export interface HistoryFile {
  /** Returns at once. What can't be written is lost. */
  write(minutes: readonly InstanceMinute[]): void;
  /** Resolves when what was given so far is written, or lost. */
  flush(): Promise<void>;
}

/** A file whose hour has ended so long ago is removed: what is asked for is a day, up to a time that may lie back. */
const kept = 25 * 3_600_000;

const pattern = /^\d{4}-\d\d-\d\dT\d\d\.jsonl$/;

/** @param dir the router's */
export const historyFolder = (dir: string, { project, environment }: Place): string =>
  join(dir, 'history', encodeName(project), encodeName(environment));

/** Of the hour (UTC) that the time lies in. Names sort as their hours do. */
export const hourFile = (time: number): string => `${new Date(time).toISOString().slice(0, 13)}.jsonl`;

/** @param length of a minute, in ms */
export function createHistoryFile(folder: string, length: number): HistoryFile {
  let last = '';

  async function append(file: string, text: string): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // workers write here, too, and any of them may have been killed in the middle of a line
    await appendFile(file, `\n${text}`, { mode: 0o600 });
    if (file === last) return;
    last = file;
    await prune(folder, basename(file)).catch((error: unknown) => {
      console.error(`Old files could not be removed from ${folder}:`, error);
    });
  }

  const lines = createLineWriter('Minutes', append);
  return {
    write(minutes) {
      for (const each of minutes) lines.write(join(folder, hourFile(each.minute * length)), JSON.stringify(each));
    },
    flush: lines.flush,
  };
}

/** Removes what is too old as this file is begun. */
async function prune(folder: string, begun: string): Promise<void> {
  const oldest = hourFile(Date.parse(`${begun.slice(0, 13)}:00Z`) - kept);
  const old = (await readdir(folder)).filter((name) => pattern.test(name) && name < oldest);
  for (const name of old) await rm(join(folder, name), { force: true });
}
