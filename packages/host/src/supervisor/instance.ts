import { formatDuration, isEnvironmental, SluiceError, sluiceError, type Clock } from '@sluice/core';
import { linked } from './abort';
import { restartDelay } from './backoff';
import type { Instance, Run } from './crew';
import { isPortFree } from './free-port';
import { checkHealth, type HealthAnswer } from './health-check';
import type { Limits } from './limits';
import { terminate, type LiveProcess } from './live-process';
import { markOf, readLines } from './log-file';
import { addMark } from './log-marks';
import { untilTooLarge } from './memory-watch';
import type { Settings } from './state-file';
import { messageOf } from './system-error';

/** What an instance needs of its crew. */
export interface Surroundings {
  release: string;
  settings: Settings;
  clock: Clock;
  limits: Limits;
  /** Starts a process and sets `run`. Rejects with `RELEASE_UNKNOWN`, `COMMAND_MISSING` or what the system said. */
  launch: (instance: Instance, signal: AbortSignal) => Promise<Run>;
  /** What is saved or routed has changed. */
  changed: () => void;
  /** A health check is made; its log has so many bytes. */
  measured: (instance: Instance, logSize: number) => void;
  /** A health check was made. */
  checked: () => void;
  /** Hides what nobody may read. */
  maskOf: () => Promise<(line: string) => string>;
  /** Tells of an instance that is ended though it runs. */
  tell: (instance: Instance, reason: string) => void;
}

/**
 * Starts the process, unless it runs, and resolves when it is healthy. Rejects with `INSTANCE_EXITED`,
 * `INSTANCE_UNHEALTHY` or what `launch` says; no process is left then. On abort it is left as it is.
 */
export async function bringUp(instance: Instance, around: Surroundings, signal: AbortSignal): Promise<void> {
  for (let clashes = 0; ; clashes += 1) {
    const run = instance.run ?? (await launch(instance, around, signal));
    const { exited, last } = await untilHealthy(instance, run, around, signal);
    if (run.healthy) return;

    const lines = linesOf(instance, run, around);
    await endRun(instance, run, around, exited === null ? around.settings.drain : 0, signal);
    const shown = lines.map(await around.maskOf());
    if (exited === null) throw unhealthy(instance, around, last, shown);
    instance.trouble = exited;
    const clash = clashes < around.limits.portRetries && (await isPortClash(lines, run.port));
    if (clash) continue;
    instance.crash = { at: around.clock.now(), how: exited, lines: shown };
    throw sluiceError('INSTANCE_EXITED', { release: around.release, how: exited, lines: shown });
  }
}

/** Keeps an instance running for ever: watches it, and starts it again when it ended. Rejects on abort only. */
export async function keepUp(instance: Instance, around: Surroundings, signal: AbortSignal): Promise<never> {
  const { clock, limits } = around;
  let failures = 0;
  for (;;) {
    await clock.sleepUntil(clock.now() + restartDelay(failures, limits.backoff), signal);
    try {
      if (!instance.run) {
        if (failures > 0) instance.restarts += 1;
        await bringUp(instance, around, signal);
      }
      const steady = instance.run ? await watch(instance, instance.run, around, signal) : false;
      failures = steady ? 1 : failures + 1;
    } catch (error) {
      signal.throwIfAborted();
      instance.trouble ??= messageOf(error); // whatever it was, the service is wanted: once more
      failures += 1;
    }
  }
}

async function launch(instance: Instance, around: Surroundings, signal: AbortSignal): Promise<Run> {
  try {
    const run = await around.launch(instance, signal);
    instance.hindered = false;
    return run;
  } catch (error) {
    instance.trouble = messageOf(error);
    instance.hindered = error instanceof SluiceError && isEnvironmental(error);
    throw error;
  }
}

/** `exited` is null when the time was over first. */
async function untilHealthy(
  instance: Instance,
  run: Run,
  around: Surroundings,
  signal: AbortSignal,
): Promise<{ exited: string | null; last: string }> {
  const { clock, limits, settings } = around;
  const deadline = clock.now() + settings.health.startTimeout;
  const pause = Math.min(settings.health.interval, limits.firstChecksEvery);
  let last = 'none';
  const [exited] = await whileRunning(run.process, signal, async (inner) => {
    while (!run.healthy && clock.now() < deadline) {
      const answer = await ask(instance, run, around, inner);
      last = answer.answer;
      if (answer.ok) settle(instance, run, around, true, null);
      else await clock.sleepUntil(Math.min(clock.now() + pause, deadline), inner);
    }
  });
  return { exited, last };
}

/** Why a process that runs is ended, and whether it could still do its work. */
interface End {
  reason: string;
  serves: boolean;
}

/**
 * Watches a process until it has ended, by itself or because it was unhealthy for too long or too large. Resolves with whether it was
 * healthy for so long that its end is no sign of a fault that comes again at once.
 */
async function watch(instance: Instance, run: Run, around: Surroundings, signal: AbortSignal): Promise<boolean> {
  const { clock, limits, settings } = around;
  let failed = 0;
  let steady = false;
  let since = clock.now(); // when `run.healthy` last changed
  const { memory } = settings;
  const untilIll = async (inner: AbortSignal): Promise<End> => {
    for (;;) {
      const { ok, answer } = await ask(instance, run, around, inner);
      failed = ok ? 0 : failed + 1;
      const healthy = ok || (run.healthy && failed < limits.failedChecks);
      if (healthy !== run.healthy) since = clock.now();
      settle(instance, run, around, healthy, healthy ? null : answer);
      steady ||= healthy && clock.now() - since >= limits.steadyAfter;
      if (!healthy && clock.now() - since >= limits.unhealthyFor) {
        return { reason: `was unhealthy for ${formatDuration(limits.unhealthyFor)} (${answer})`, serves: false };
      }
      await clock.sleepUntil(clock.now() + settings.health.interval, inner);
    }
  };
  const untilLarge = async (inner: AbortSignal, limit: number): Promise<End> => ({
    reason: await untilTooLarge(run.process, limit, around, inner),
    serves: true,
  });
  const [exited, end] = await whileRunning(run.process, signal, (inner) =>
    memory === undefined ? untilIll(inner) : Promise.race([untilIll(inner), untilLarge(inner, memory)]),
  );
  const how = exited ?? end.reason;
  instance.trouble = how;
  const lines = linesOf(instance, run, around).map(await around.maskOf());
  instance.crash = { at: clock.now(), how, lines }; // its next process will have other last lines
  if (end) around.tell(instance, end.reason);
  if (end?.serves) await leave(run, around, signal);
  await endRun(instance, run, around, exited === null ? settings.drain : 0, signal);
  return steady;
}

/** Takes an instance that works well out of the traffic, and waits for what is on its way to it. */
async function leave(run: Run, { clock, limits, changed }: Surroundings, signal: AbortSignal): Promise<void> {
  run.healthy = false;
  changed();
  await clock.sleepUntil(clock.now() + limits.leaveAfter, signal);
}

/** Runs `work` while the process runs. Resolves with how the process ended, or with what came of the work before. */
function whileRunning<T>(
  process: LiveProcess,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<[exited: string, done: null] | [exited: null, done: T]> {
  return linked(signal, async (inner, end) => {
    try {
      return await Promise.race([
        process.exited.then((how): [string, null] => [how, null]),
        work(inner).then((done): [null, T] => [null, done]),
      ]);
    } finally {
      end(new Error('the process has ended'));
    }
  });
}

async function ask(instance: Instance, run: Run, around: Surroundings, signal: AbortSignal): Promise<HealthAnswer> {
  const mark = markOf(instance.log);
  instance.marks = addMark(instance.marks, mark);
  around.measured(instance, mark.offset);
  const { path, timeout } = around.settings.health;
  const answer = await checkHealth({ port: run.port, path, timeout }, signal);
  signal.throwIfAborted(); // another process may answer at the port of one that has ended
  around.checked();
  return answer;
}

function settle(instance: Instance, run: Run, around: Surroundings, healthy: boolean, trouble: string | null): void {
  instance.trouble = trouble;
  if (run.healthy === healthy) return;
  run.healthy = healthy;
  around.changed();
}

/** Ends the process and what it left behind in its group. */
async function endRun(
  instance: Instance,
  run: Run,
  { clock, limits, changed }: Surroundings,
  drain: number,
  signal: AbortSignal,
): Promise<void> {
  run.healthy = false;
  changed();
  await terminate(run.process, drain, clock, limits.pollEvery, signal);
  instance.run = null;
  changed();
}

const linesOf = (instance: Instance, run: Run, { limits }: Surroundings) =>
  readLines(instance.log, { from: run.logOffset, limit: limits.readBytes, last: limits.shownLines });

/** Whether it ended since another process took the port between our look at it and its start. */
const isPortClash = async (lines: string[], port: number) =>
  lines.some((line) => /EADDRINUSE|address (?:is )?already in use/i.test(line)) || !(await isPortFree(port));

function unhealthy(instance: Instance, around: Surroundings, last: string, lines: string[]) {
  const { path, startTimeout } = around.settings.health;
  const limit = formatDuration(startTimeout);
  instance.trouble = `not healthy within ${limit} (${last})`;
  return sluiceError('INSTANCE_UNHEALTHY', { release: around.release, path, limit, last, lines });
}
