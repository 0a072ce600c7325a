/** Settles as `promise` does, or rejects with the signal's reason as soon as it fires; what runs then runs on. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort = () => {};
  const aborted = new Promise<void>((fire) => (abort = fire));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([promise, aborted]);
    signal.throwIfAborted();
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/**
 * Runs `work` with a signal that fires when `signal` fires or `work` calls `end`. Unlike `AbortSignal.any` it leaves
 * nothing behind on a signal that lives for months.
 */
export async function linked<T>(
  signal: AbortSignal,
  work: (signal: AbortSignal, end: (reason: unknown) => void) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await work(controller.signal, (reason) => controller.abort(reason));
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
