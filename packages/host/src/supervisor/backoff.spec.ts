import { restartDelay } from './backoff';
import { defaultLimits } from './limits';

describe('restartDelay', () => {
  it.each([
    { failures: 0, delay: 0 },
    { failures: 1, delay: 500 },
    { failures: 2, delay: 1000 },
    { failures: 6, delay: 16_000 },
    { failures: 7, delay: 30_000 },
    { failures: 5000, delay: 30_000 },
  ])('is $delay ms after $failures failures', ({ failures, delay }) => {
    expect(restartDelay(failures, defaultLimits.backoff)).toBe(delay);
  });
});
