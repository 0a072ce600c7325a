import type { Answer, Runtime } from '../ports';
import type { Command } from './model';

/** Starts a release, and its fresh baseline at the same time. A baseline that does not start is no fault of the release. */
export async function startWith(
  runtime: Pick<Runtime, 'start'>,
  { workload, baseline, atMost }: Extract<Command, { type: 'start' }>,
  signal: AbortSignal,
): Promise<Answer> {
  if (!baseline) return runtime.start(workload, signal, atMost);
  const [own, fresh] = await Promise.allSettled([
    runtime.start(workload, signal, atMost),
    runtime.start(baseline, signal, atMost),
  ]);
  if (own.status === 'rejected') throw own.reason;
  if (fresh.status === 'rejected') throw fresh.reason;
  if (fresh.value.ok) return own.value;
  const reason = `the fresh baseline, instances of ${baseline.release}: ${fresh.value.reason}`;
  return { ok: false, reason: own.value.ok ? reason : `${own.value.reason}; ${reason}`, cause: 'world' };
}
