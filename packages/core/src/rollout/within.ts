import { formatDuration } from '../config/duration';
import { sluiceError } from '../errors';
import type { Clock } from '../ports';
import { scoped } from './scope';

/** How long something that is broken off may take to stop. */
const grace = 5_000;

/**
 * A port that gives no answer at all must not hold the rollout for ever. One that is told to stop gets some time to do so,
 * since what comes next must not meet it: an instance that starts while its release is being stopped.
 */
export function within<T>(
  { name, limit: most }: { name: string; limit: number },
  clock: Clock,
  signal: AbortSignal,
  work: (scope: AbortSignal) => Promise<T>,
): Promise<T> {
  return scoped(signal, async (scope, end) => {
    const answer = work(scope);
    const late = clock.sleepUntil(clock.now() + most, scope).then(() => {
      throw sluiceError('COMMAND_TIMEOUT', { command: name, limit: formatDuration(most) });
    });
    try {
      return await Promise.race([answer, late]);
    } catch (thrown) {
      end();
      await scoped(new AbortController().signal, (waiting) =>
        Promise.race([Promise.allSettled([answer]), clock.sleepUntil(clock.now() + grace, waiting)]),
      );
      throw thrown;
    }
  });
}
