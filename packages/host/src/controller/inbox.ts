import type { Act, Inbox } from '@sluice/core';

interface Waiting {
  act: Act;
  saved: () => void;
  lost: (reason: unknown) => void;
}

/** The acts of people for one rollout: each is acknowledged once the state that has it is saved. */
export interface ActQueue extends Inbox {
  /** Resolves when the act is part of a saved state; rejects when the state that it meets does not admit it. */
  submit(act: Act): Promise<void>;
  /** A state was saved: what was taken before is safe. */
  acknowledge(): void;
  /** The driver failed: whoever waits is told. */
  fail(reason: unknown): void;
}

/** `refusalOf` is asked when an act's turn comes, since an act before it may have changed what is admitted. */
export function createInbox(refusalOf: (act: Act) => Error | null): ActQueue {
  let queue: Waiting[] = [];
  let taken: Waiting[] = [];
  let ring: () => void = () => undefined;

  /** Whether an act waits that the state admits; those before it that it does not admit are told so. */
  const hasNext = (): boolean => {
    for (let next = queue[0]; next; next = queue[0]) {
      const refusal = refusalOf(next.act);
      if (!refusal) return true;
      queue.shift();
      next.lost(refusal);
    }
    return false;
  };

  return {
    submit: (act) =>
      new Promise((saved, lost) => {
        queue.push({ act, saved, lost });
        ring();
      }),
    async arrived(signal) {
      signal.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const leave = () => {
          ring = () => undefined;
          reject(signal.reason as Error);
        };
        ring = () => {
          if (!hasNext()) return;
          ring = () => undefined;
          signal.removeEventListener('abort', leave);
          resolve();
        };
        signal.addEventListener('abort', leave, { once: true });
        ring();
      });
    },
    take() {
      const next = hasNext() ? queue.shift() : undefined;
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
