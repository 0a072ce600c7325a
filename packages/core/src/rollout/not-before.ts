import type { Instant } from '../analysis/figures';
import type { Clock } from '../ports';

/**
 * The clock of a driver that goes on with what another one began, by a clock that was further: what is to be waited for
 * lies in the future of that one. It starts where the other one was.
 */
export function notBefore(clock: Clock, start: Instant): Clock {
  const ahead = Math.max(0, start - clock.now());
  if (ahead === 0) return clock;
  return {
    now: () => clock.now() + ahead,
    sleepUntil: (until, signal) => clock.sleepUntil(until - ahead, signal),
  };
}
