import type { Instant } from '../analysis/figures';
import type { Unfreeze } from './model';

/** When no release gets more traffic, as instants: whoever reads the configuration has worked them out. */
export interface Freeze {
  windows: { from: Instant; to: Instant; reason: string }[];
  /** Until when all are known. What comes after that counts as frozen, for nobody knows. */
  knownUntil: Instant;
}

/** `until`: when it ends by itself; `null` where that is not known. */
export interface Frozen {
  reason: string;
  until: Instant | null;
}

/** The latest instant that can be written down. */
export const noFreeze: Freeze = { windows: [], knownUntil: 8.64e15 };

const isIn = ({ from, to }: { from: Instant; to: Instant }, at: Instant): boolean => from <= at && at < to;

/** The freeze that is in force at an instant, or `null`. Windows that meet are one. */
export function frozenAt({ windows, knownUntil }: Freeze, unfrozen: Unfreeze | null, at: Instant): Frozen | null {
  if (unfrozen && at < unfrozen.until) return null;
  if (at >= knownUntil) return { reason: 'freezes are worked out no further ahead than this', until: null };
  const found = windows.find((window) => isIn(window, at));
  if (!found) return null;
  let until = found.to;
  for (;;) {
    const next = windows.find(({ from, to }) => from <= until && to > until);
    if (!next) break;
    until = next.to;
  }
  return { reason: found.reason, until: until < knownUntil ? until : null };
}
