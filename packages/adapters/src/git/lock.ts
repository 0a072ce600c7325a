import { readFile, rm, stat, writeFile, mkdir, rmdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { hasCode } from '../durable/durable-file';
import { isAlive } from '../processes/is-alive';

/** How a lock that stays taken is told. */
export type Refuse = (owner: string) => Error;

const every = 50;
/** A lock file without an owner, and the right to remove a dead owner's, are held for moments only (ms). */
const moment = 10_000;

/**
 * Runs `act` while no other process, and no other call in this one, holds the lock file. A lock whose process has ended is
 * taken over. Rejects with what `refuse` makes of the owner after `patience` ms.
 */
export async function withLock<T>(file: string, patience: number, refuse: Refuse, act: () => Promise<T>): Promise<T> {
  const since = Date.now();
  while (!(await take(file))) {
    if (Date.now() - since > patience) throw refuse((await ownerOf(file)) ?? 'unknown');
    if (await isAbandoned(file)) await breakLock(file);
    else await pause(every);
  }
  try {
    return await act();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** The process id in the lock file; `null` when there is none yet, or no file any more. */
async function ownerOf(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text === '' ? null : text;
}

async function isAbandoned(file: string): Promise<boolean> {
  const owner = await ownerOf(file);
  return owner === null ? (await ageOf(file)) > moment : !isAlive(Number(owner));
}

/** Removes the lock of a dead process; never one that somebody took in the meantime, for only one at a time may remove. */
async function breakLock(file: string): Promise<void> {
  const right = `${file}.break`;
  try {
    await mkdir(right);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    if ((await ageOf(right)) > moment)
      await rmdir(right).catch(() => undefined); // its holder was killed
    else await pause(every);
    return;
  }
  if (await isAbandoned(file)) await rm(file, { force: true });
  await rmdir(right);
}

/** Milliseconds since the last change; 0 for a file that is gone. */
const ageOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
