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
    arrived(signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      if (acts.length > 0) return Promise.resolve();
      return new Promise<void>((resolve, reject) => {
        const settle = () => {
          listeners.delete(settle);
          signal.removeEventListener('abort', settle);
          if (signal.aborted) reject(signal.reason);
          else resolve();
        };
        listeners.add(settle);
        signal.addEventListener('abort', settle);
      });
    },
    take: () => acts.shift(),
    waiting: () => acts.length,
  };
}
