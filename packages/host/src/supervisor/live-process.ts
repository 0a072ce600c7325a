import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Clock } from '@sluice/core';
import { readGroup, readProcess } from '@sluice/adapters/processes';
import { openLog } from '../log-copies';
import { isSystemError } from './system-error';

/** Names one process for ever: a pid alone does not, since it is given again. */
export interface ProcessName {
  pid: number;
  /** The time of its start, as `process-table.ts` tells it. */
  identity: string;
}

/** A process that leads a group of its own. */
export interface LiveProcess extends ProcessName {
  /** Resolves when it has gone, with how: `exited with code 1`, `killed by SIGKILL`, or `is gone` for one that was adopted. */
  exited: Promise<string>;
}

export interface Command {
  program: string;
  args: string[];
  folder: string;
  env: Record<string, string>;
  /** Who it runs as instead of the user of this process. */
  user: { uid: number; gid: number } | null;
  /** Output and errors are appended to this file. A pipe would break with the process that reads it. */
  log: string;
}

/**
 * Starts a process in a session of its own, so that it outlives this one. The pid is known when this returns: the
 * caller can write it down before anything else happens. Where the system refuses, a promise that rejects with its error.
 */
export function spawnProcess({ program, args, folder, env, user, log }: Command): LiveProcess | Promise<never> {
  const output = openLog(log);
  try {
    const child = spawn(program, args, {
      ...{ cwd: folder, env, detached: true, stdio: ['ignore', output, output] },
      ...(user && { uid: user.uid, gid: user.gid }),
    });
    const { pid } = child;
    if (pid === undefined) return new Promise((_, fail) => child.once('error', fail));
    child.on('error', () => undefined); // comes after a start only for a signal or message that failed: we send none
    child.unref();
    const exited = new Promise<string>((done) => child.once('exit', (code, signal) => done(howOf(code, signal))));
    try {
      // a process that ended at once is a zombie as long as we have not asked, so it is still in the table
      const entry = readProcess(pid);
      if (!entry) throw new Error(`process ${pid} is not in the process table`);
      return { pid, identity: entry.identity, exited };
    } catch (error) {
      child.kill('SIGKILL'); // nobody could tell it from a stranger later
      throw error;
    }
  } finally {
    if (typeof output === 'number') closeSync(output);
  }
}

function howOf(code: number | null, signal: string | null): string {
  return signal === null ? `exited with code ${code}` : `killed by ${signal}`;
}

/** How a command ends that has done its work. */
export const endedWell = howOf(0, null);

/** A process that another supervisor started, if it still runs. `signal` ends the watch over it. */
export function adoptProcess(
  name: ProcessName,
  clock: Clock,
  pollEvery: number,
  signal: AbortSignal,
): LiveProcess | null {
  if (!isRunning(name)) return null;
  const exited = async () => {
    while (isRunning(name)) await clock.sleepUntil(clock.now() + pollEvery, signal);
    return 'is gone';
  };
  const end = exited();
  end.catch(() => undefined); // nobody waits for it any more
  return { ...name, exited: end };
}

/** Asks the whole group to end, waits for at most `drain` ms, then kills it; resolves when none of it runs. */
export async function terminate(
  name: ProcessName,
  drain: number,
  clock: Clock,
  pollEvery: number,
  signal: AbortSignal,
): Promise<void> {
  if (!isGroupRunning(name)) return;
  signalGroup(name, 'SIGTERM');
  const deadline = clock.now() + drain;
  while (isGroupRunning(name)) {
    if (clock.now() >= deadline) signalGroup(name, 'SIGKILL');
    await clock.sleepUntil(clock.now() + pollEvery, signal);
  }
}

const isRunning = ({ pid, identity }: ProcessName): boolean => {
  const entry = readProcess(pid);
  return entry?.alive === true && entry.identity === identity;
};

/** Whether the process or one that it left behind in its group runs. */
function isGroupRunning(name: ProcessName): boolean {
  return !isStranger(name) && (isRunning(name) || readGroup(name.pid).length > 0);
}

/**
 * Whether the pid is another process's by now. Then nothing of the group is left either: no system gives a pid again
 * while it is the number of a group that has members.
 */
function isStranger({ pid, identity }: ProcessName): boolean {
  const entry = readProcess(pid);
  return entry !== null && entry.identity !== identity;
}

function signalGroup(name: ProcessName, signal: NodeJS.Signals): void {
  if (isStranger(name)) return;
  try {
    process.kill(-name.pid, signal);
  } catch (error) {
    // ESRCH: it has gone meanwhile. EPERM: macOS says so of a group of zombies; the caller looks again anyway.
    if (isSystemError(error, 'ESRCH', 'EPERM')) return;
    throw error;
  }
}
