import type { Act, Inbox } from '@sluice/core';

interface Waiting {
  act: Act;
  saved: () => void;
  lost: (reason: unknown) => void;
}

/** The acts of people for one rollout: each is acknowledged once the state that has it is saved. */
export interface ActQueue extends Inbox {
  /** Resolves when the act is part of a saved state. */
  submit(act: Act): Promise<void>;
  /** A state was saved: what was taken before is safe. */
  acknowledge(): void;
  /** The driver failed: whoever waits is told. */
  fail(reason: unknown): void;
}

export function createInbox(): ActQueue {
  let queue: Waiting[] = [];
  let taken: Waiting[] = [];
  let ring: () => void = () => undefined;
  return {
    submit: (act) =>
      new Promise((saved, lost) => {
        queue.push({ act, saved, lost });
        ring();
      }),
    arrived: (signal) =>
      new Promise((resolve, reject) => {
        if (queue.length) resolve();
        ring = resolve;
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      }),
    take() {
      const next = queue.shift();
      if (next) taken.push(next);
      return next?.act;
    },
    acknowledge() {
      for (const { saved } of taken) saved();
      taken = [];
    },
    fail(reason) {
      for (const { lost } of [...taken, ...queue]) lost(reason);
      [taken, queue] = [[], []];
    },
  };
}
