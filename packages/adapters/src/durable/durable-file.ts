import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { usable } from './usable';

/** Permissions of what is made, before the umask. */
export interface Modes {
  file: number;
  folder: number;
}

const everybody: Modes = { file: 0o666, folder: 0o777 };
/** For what may hold secrets. */
export const ownerOnly: Modes = { file: 0o600, folder: 0o700 };

/**
 * Replaces a file whole or not at all: temporary file, fsync, rename, fsync of the folder. Durable when it resolves;
 * when it rejects, the file is as it was. `FileHandle.writeFile` goes on after a short write, so that a disk that
 * fills up is an error (ENOSPC) and never a cut-off file. Rejects with `PATH_UNUSABLE` where something is in the way.
 */
export const replaceFile = (file: string, content: string, modes = everybody): Promise<void> =>
  usable(file, async () => {
    await replace(file, content, modes, (temporary) => rename(temporary, file));
  });

/**
 * The same, unless `isWanted` says no in the last moment: nothing of this process comes between that and the rename, and of
 * others hardly anything. Answers whether it was replaced.
 */
export async function replaceFileIf(
  file: string,
  content: string,
  isWanted: () => boolean,
  modes = everybody,
): Promise<boolean> {
  let isReplaced = false;
  const place = async (temporary: string): Promise<void> => {
    isReplaced = isWanted();
    if (isReplaced) renameSync(temporary, file);
    else await rm(temporary, { force: true });
  };
  await usable(file, () => replace(file, content, modes, place));
  return isReplaced;
}

async function replace(
  file: string,
  content: string,
  modes: Modes,
  place: (temporary: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(file);
  await makeFolder(folder, modes);
  const temporary = temporaryName(file);
  try {
    const handle = await open(temporary, 'wx', modes.file);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await place(temporary);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** A name beside `path` that nobody else uses. */
export const temporaryName = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);

/** Makes a folder and its parents, durably. Rejects with `PATH_UNUSABLE` where something is in the way. */
export async function makeFolder(folder: string, modes = everybody): Promise<void> {
  const first = await usable(folder, () => mkdir(folder, { recursive: true, mode: modes.folder }));
  if (first === undefined) return;
  for (let made = folder; ; made = dirname(made)) {
    await syncFolder(dirname(made));
    if (made === first || made === dirname(made)) return;
  }
}

/** Makes the names in a folder durable: files that were created, renamed or removed. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether a thrown value is a file system error with one of these codes (`ENOENT`, `EEXIST`, ...). */
export const hasCode = (thrown: unknown, ...codes: string[]): boolean =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown && codes.some((code) => code === thrown.code);

/** Like `Promise.all` for two, but nothing is under way any more when it rejects. The first one's error is told first. */
export async function allSettled<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}
