/** Made once: the trace of an error costs more than all the rest. */
const over = new Error('the work is over');

/**
 * Runs `work` with a signal of its own, which fires with `signal` and, by `end`, as soon as the work needs nothing more.
 * Unlike `AbortSignal.any` it leaves nothing behind on a signal that lives for months.
 */
export async function scoped<T>(
  signal: AbortSignal,
  work: (scope: AbortSignal, end: () => void) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const scope = new AbortController();
  const abort = () => scope.abort(signal.reason);
  const end = () => scope.abort(over);
  signal.addEventListener('abort', abort);
  try {
    return await work(scope.signal, end);
  } finally {
    signal.removeEventListener('abort', abort);
    end();
  }
}
