import type { Instant } from '@sluice/core';

/**
 * That a log file had `offset` bytes at a time. Lines carry no times of ours, for an instance writes to its file by
 * itself: what was written since a time is what lies behind the last mark before it. What was cut off from the file by a
 * rotation lies below 0.
 */
export interface Mark {
  at: Instant;
  offset: number;
}

const recent = 60_000;
const kept = 120;

/** Adds a mark. All of the last minute stay, of older ones the first of each minute, in all not more than 120. */
export function addMark(marks: readonly Mark[], mark: Mark): Mark[] {
  const last = marks.at(-1);
  if (last && mark.offset < last.offset) return [{ at: mark.at, offset: 0 }]; // the file was truncated
  if (last?.offset === mark.offset) return [...marks];
  const thinned = marks.filter((one, i) => mark.at - one.at < recent || minuteOf(one) !== minuteOf(marks[i - 1]));
  return [...thinned, mark].slice(-kept);
}

const minuteOf = (mark: Mark | undefined) => (mark ? Math.floor(mark.at / recent) : null);

/** The same marks after so many bytes were cut off from the beginning of the file. */
export const shiftMarks = (marks: readonly Mark[], bytes: number): Mark[] =>
  marks.map(({ at, offset }) => ({ at, offset: offset - bytes }));

/** Where to begin to read what was written since a time: rather too early than too late. */
export function offsetSince(marks: readonly Mark[], since: Instant): number {
  return marks.filter((mark) => mark.at <= since).at(-1)?.offset ?? -Infinity;
}
