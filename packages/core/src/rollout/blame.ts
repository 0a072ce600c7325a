import type { Problem } from '../errors';
import type { Answer } from '../ports';

/** What keeps a release from starting though it may be well: to be mended where it runs, and no reason to refuse it. */
const environmental: readonly string[] = [
  ...['SECRET_UNREADABLE', 'HOOK_FAILED', 'USER_UNAVAILABLE'],
  ...['RELEASE_UNKNOWN', 'RELEASE_CORRUPT'],
];

export const isEnvironmental = ({ code }: Pick<Problem, 'code'>): boolean => environmental.includes(code);

/** The answer of a start that came to nothing, and whose doing that is. */
export const notStarted = (problem: Problem): Answer =>
  isEnvironmental(problem)
    ? {
        ok: false,
        reason: `the environment, not the release (${problem.code}): ${problem.message}`,
        cause: 'world',
      }
    : { ok: false, reason: problem.message };
