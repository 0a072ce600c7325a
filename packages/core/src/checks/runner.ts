import { formatDuration } from '../config/duration';
import { SluiceError } from '../errors';
import type { Clock } from '../ports';
import type { Check, CheckOutcome, CheckResult } from './check';

/** Milliseconds that a check which was told to stop gets to clean up, before it is left behind. */
export const stopGrace = 5_000;

export interface RunnerOptions {
  clock: Clock;
  signal: AbortSignal;
  /** Told of each result as soon as it is there. */
  onResult?: (result: CheckResult) => void;
}

/**
 * Runs the checks one after the other, since some of them load the machine that others measure. A check that throws or
 * overruns its time limit has failed. Rejects only with the signal's reason, once the check under way has stopped.
 */
export async function runChecks<Subject>(
  checks: readonly Check<Subject>[],
  subject: Subject,
  { clock, signal, onResult }: RunnerOptions,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    const startedAt = clock.now();
    const { status, reason, findings, figures } = await runWithin(check, subject, clock, signal);
    const { name, tool, version } = check;
    const durationMs = clock.now() - startedAt;
    const result = { check: name, tool, version, status, reason, findings, figures, durationMs };
    results.push(result);
    onResult?.(result);
  }
  return results;
}

async function runWithin<Subject>(check: Check<Subject>, subject: Subject, clock: Clock, signal: AbortSignal) {
  signal.throwIfAborted();
  const stop = new AbortController();
  const timer = new AbortController();
  const abort = () => stop.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const stopped = new Promise<void>((resolve) => {
    stop.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const overrun = `gave no result within ${formatDuration(check.timeLimit)}`;
  try {
    void passTime(clock, clock.now() + check.timeLimit, timer.signal).then((passed) => {
      if (passed) stop.abort(new Error(overrun));
    });
    const work = attempt(check, subject, stop.signal);
    await Promise.race([work, stopped]);
    if (stop.signal.aborted) await Promise.race([work, passTime(clock, clock.now() + stopGrace, timer.signal)]);
    signal.throwIfAborted();
    return stop.signal.aborted ? failing(overrun) : await work;
  } finally {
    timer.abort();
    signal.removeEventListener('abort', abort);
  }
}

/** What the check found; never rejects. */
async function attempt<Subject>(check: Check<Subject>, subject: Subject, signal: AbortSignal): Promise<CheckOutcome> {
  try {
    return await check.run(subject, signal);
  } catch (thrown) {
    return failing(`could not be run: ${explain(thrown)}`);
  }
}

/** True when `until` has come, false when the wait was ended. */
const passTime = (clock: Clock, until: number, signal: AbortSignal): Promise<boolean> =>
  clock.sleepUntil(until, signal).then(
    () => true,
    () => false,
  );

const failing = (reason: string): CheckOutcome => ({ status: 'fail', reason, findings: [], figures: {} });

function explain(thrown: unknown): string {
  if (thrown instanceof SluiceError) return `${thrown.message} ${thrown.remedy}`;
  return thrown instanceof Error ? thrown.message : String(thrown);
}

export interface Verdict {
  verdict: 'pass' | 'warn' | 'fail' | 'skipped';
  reasons: string[];
}

/**
 * What the results come to. A required check that was skipped, or that is not there at all, has failed; a stage whose
 * checks were all skipped was skipped, which is not a pass. The reasons are those of the rows that decided, and of
 * what was skipped.
 */
export function verdictOf(results: readonly CheckResult[], { required }: { required: readonly string[] }): Verdict {
  const reasonsOf = (status: CheckResult['status']) =>
    results.filter((result) => result.status === status).map(({ check, reason }) => `${check}: ${reason}`);
  const unmet = required.flatMap((name) => {
    const found = results.find(({ check }) => check === name);
    if (!found) return [`${name}: is required and did not run`];
    return found.status === 'skip' ? [`${name}: is required and was skipped: ${found.reason}`] : [];
  });
  const failures = [...reasonsOf('fail'), ...unmet];
  if (failures.length) return { verdict: 'fail', reasons: failures };
  const skips = reasonsOf('skip');
  if (skips.length === results.length) {
    return { verdict: 'skipped', reasons: results.length ? skips : ['there was nothing to check'] };
  }
  const warnings = reasonsOf('warn');
  if (warnings.length) return { verdict: 'warn', reasons: [...warnings, ...skips] };
  return { verdict: 'pass', reasons: [...reasonsOf('pass'), ...skips] };
}
