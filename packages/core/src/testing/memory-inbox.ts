import type { Inbox } from '../ports';
import type { Act } from '../rollout/model';

export interface MemoryInbox extends Inbox {
  put(act: Act): void;
  /** Acts that nobody took yet. */
  waiting(): number;
}

export function memoryInbox(): MemoryInbox {
  const acts: Act[] = [];
  const listeners = new Set<() => void>();
  return {
    put(act) {
      acts.push(act);
      for (const listener of listeners) listener();
    },
    async arrived(signal) {
      signal.throwIfAborted();
      if (acts.length > 0) return;
      await new Promise<void>((resolve) => {
        const settle = () => {
          listeners.delete(settle);
          signal.removeEventListener('abort', settle);
          resolve();
        };
        listeners.add(settle);
        signal.addEventListener('abort', settle);
      });
      signal.throwIfAborted();
    },
    take: () => acts.shift(),
    waiting: () => acts.length,
  };
}
