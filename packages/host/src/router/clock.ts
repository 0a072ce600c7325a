/** Milliseconds since the epoch, whole. */
export type Clock = () => number;

/** Wall clock and monotonic clock may differ by this much before the router follows the wall clock, in ms. */
const tolerance = 1_000;

/**
 * A clock that never goes back: the monotonic clock, anchored to the wall clock. When the wall clock is set back, it
 * goes on from where it was, ahead of the wall clock; when the wall clock is ahead (set forward, or the machine slept),
 * it follows. So buckets never overlap. Whoever asks for figures by time should use the router's `now`, which every
 * answer with times carries, and not their own clock.
 * @param start the time now, by the clock of the process that this one succeeds: ahead of the wall clock, perhaps
 */
export function createClock(wall: () => number, monotonic: () => number, start = wall()): Clock {
  let offset = start - monotonic();
  return () => {
    const current = monotonic();
    const ahead = wall() - (current + offset);
    if (ahead > tolerance) offset += ahead;
    return Math.floor(current + offset);
  };
}
