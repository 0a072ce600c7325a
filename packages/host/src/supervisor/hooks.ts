import { formatDuration, sluiceError, type Clock, type Workload } from '@sluice/core';
import { abortable, linked } from './abort';
import type { HookBook, HookName } from './hook-book';
import type { Limits } from './limits';
import { adoptProcess, endedWell, spawnProcess, terminate, type LiveProcess } from './live-process';
import { markOf, readLines } from './log-file';
import type { Settings } from './state-file';
import { explainRefusal, findCommand, findWorkplace, type WorkplaceSources } from './workplace';

export interface HookParts extends WorkplaceSources {
  clock: Clock;
  limits: Limits;
  book: HookBook;
  /** Fires when the supervisor forgets what runs: a hook runs on then, and the next supervisor waits for its end. */
  forgotten: AbortSignal;
}

/** Which hook of what, and where its output goes. */
export interface HookCall {
  name: HookName;
  workload: Workload;
  settings: Settings;
  log: string;
}

/**
 * Runs a hook of a release that has it, unless it is done. One that was broken off, or whose end nobody saw, is run again
 * when nothing is left of it. Rejects with `HOOK_FAILED`, or what a start of an instance may reject with. On abort its
 * processes are ended.
 */
export async function runHook(call: HookCall, parts: HookParts, signal: AbortSignal): Promise<void> {
  const { name, workload, settings, log } = call;
  const hook = settings[name];
  if (!hook || parts.book.isDone(workload, name)) return;
  const before = parts.book.runOf(workload, name);
  const left = before && adoptProcess(before, parts.clock, parts.limits.pollEvery, signal);
  if (left) await ended(left, before.since + hook.timeout, parts, signal);

  const from = markOf(log).offset;
  const process = await launch(call, hook.command, parts, signal);
  const how = await ended(process, parts.clock.now() + hook.timeout, parts, signal);
  if (how === endedWell) {
    parts.book.note(workload, name, 'done');
    return;
  }
  parts.book.forget(workload, name);
  const { readBytes, shownLines } = parts.limits;
  const mask = await parts.vault.maskOf(workload, settings);
  throw sluiceError('HOOK_FAILED', {
    ...{ release: workload.release, hook: name },
    how: how ?? `did not end within ${formatDuration(hook.timeout)}`,
    lines: readLines(log, { from, limit: readBytes, last: shownLines }).map(mask),
  });
}

/** Its process is written down in the turn of the event loop that starts it; one that can't be written down is ended. */
async function launch(
  { name, workload, log }: HookCall,
  words: readonly string[],
  { book, clock, limits, forgotten, ...sources }: HookParts,
  signal: AbortSignal,
): Promise<LiveProcess> {
  const where = `runtime.${name}.command`;
  const place = await findWorkplace(workload, sources);
  const command = await findCommand(words, where, place);
  signal.throwIfAborted();
  const started = spawnProcess({ ...command, env: place.envOf({}), log });
  if (started instanceof Promise) {
    return started.catch((error: unknown) => {
      throw explainRefusal(error, words, where, place);
    });
  }
  try {
    book.note(workload, name, { pid: started.pid, identity: started.identity, since: clock.now() });
    return started;
  } catch (error) {
    await terminate(started, 0, clock, limits.pollEvery, forgotten);
    throw error;
  }
}

/** How it ended, `null` when the time was over. Nothing of its group is left then. */
async function ended(
  process: LiveProcess,
  deadline: number,
  { clock, limits, forgotten }: HookParts,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    return await linked(signal, async (inner, end) => {
      const late = clock.sleepUntil(deadline, inner).then(() => null);
      try {
        return await abortable(Promise.race([process.exited, late]), inner);
      } finally {
        end(new Error('the hook has ended'));
      }
    });
  } finally {
    if (!forgotten.aborted) await terminate(process, limits.hookGrace, clock, limits.pollEvery, forgotten);
  }
}
