type Listener = () => void;

/**
 * What the code under test sees as `AbortSignal`, without the platform's event machinery, which takes half of the time of a
 * simulated rollout: it makes three signals for each command.
 */
class LightSignal {
  aborted = false;
  reason: unknown = undefined;
  #listeners: Listener[] = [];

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }
  addEventListener(type: string, listener: Listener): void {
    if (type === 'abort') this.#listeners.push(listener);
  }
  removeEventListener(type: string, listener: Listener): void {
    if (type !== 'abort') return;
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }
  fire(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }
}

class LightController {
  readonly signal = new LightSignal();
  abort(reason: unknown = new Error('aborted')): void {
    this.signal.fire(reason);
  }
}

/** Puts it in the platform's place for as long as `work` takes; errors have no stack then, since nobody reads them. */
export async function withLightSignals<T>(work: () => Promise<T>): Promise<T> {
  const original = Object.getOwnPropertyDescriptor(globalThis, 'AbortController');
  if (!original) return work();
  Object.defineProperty(globalThis, 'AbortController', { value: LightController, configurable: true, writable: true });
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Object.defineProperty(globalThis, 'AbortController', original);
  }
}
