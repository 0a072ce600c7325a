import type { EnvironmentState } from './model';

/** Which driver wrote a state, and which of its moments it is. */
export type Version = Pick<EnvironmentState, 'generation' | 'sequence' | 'owner'>;

/**
 * Whether `next` may be stored in place of `stored`: it is the same, or of a newer driver, or of the same one and not of an earlier
 * moment. A driver that takes over says what it has read (`after`; `null`: nothing), and must not meet anything else.
 */
export function mayReplace(next: Version, stored: Version | null, after?: Version | null): boolean {
  if (isSame(stored, next)) return true;
  if (after !== undefined && !isSame(stored, after)) return false;
  if (!stored || next.generation > stored.generation) return true;
  return next.generation === stored.generation && next.owner === stored.owner && next.sequence >= stored.sequence;
}

const isSame = (a: Version | null, b: Version | null): boolean =>
  a?.generation === b?.generation && a?.sequence === b?.sequence && a?.owner === b?.owner;
