import type { Clock } from '../ports';
import { contractOf, expectRefusedWhenAborted, quiet, type Disposable } from './contract';

export interface ClockHarness extends Disposable {
  /** Its time passes by itself while a test waits. */
  clock: Clock;
  /** Timers that this clock has under way. */
  waiting: () => number;
}

/** `make` gives a clock; the suite waits for 40 ms of its time at most. */
export const describeClockContract = contractOf<ClockHarness>('a clock', 10_000, (test) => {
  test('sleeps until the time has come, and no less', async ({ clock }) => {
    const until = clock.now() + 20;
    await clock.sleepUntil(until, quiet());
    expect(clock.now()).toBeGreaterThanOrEqual(until);
  });

  test('does not sleep for a time that is over', async ({ clock, waiting }) => {
    const before = waiting();
    await clock.sleepUntil(clock.now(), quiet());
    await clock.sleepUntil(clock.now() - 60_000, quiet());
    await clock.sleepUntil(0, quiet());
    expect(waiting()).toBe(before);
  });

  test('wakes sleepers in the order of their times', async ({ clock }) => {
    const woken: number[] = [];
    const start = clock.now();
    const sleep = (ms: number) => clock.sleepUntil(start + ms, quiet()).then(() => woken.push(ms));
    await Promise.all([sleep(40), sleep(5), sleep(20)]);
    expect(woken).toEqual([5, 20, 40]);
  });

  test('never goes back', async ({ clock }) => {
    const seen = [clock.now()];
    for (let i = 0; i < 5; i++) {
      await clock.sleepUntil(clock.now() + 2, quiet());
      seen.push(clock.now());
    }
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  test('rejects with the reason of a signal that fires meanwhile, and leaves no timer', async ({ clock, waiting }) => {
    const before = waiting();
    const stop = new AbortController();
    const reason = new Error('enough');
    const sleeping = clock.sleepUntil(clock.now() + 3_600_000, stop.signal);
    stop.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    expect(waiting()).toBe(before);
  });

  test('rejects at once when the signal has fired before, even for a time that is over', async ({ clock }) => {
    await expectRefusedWhenAborted((signal) => clock.sleepUntil(clock.now() + 3_600_000, signal));
    await expectRefusedWhenAborted((signal) => clock.sleepUntil(0, signal));
  });

  test('sleeps on for others when one is aborted', async ({ clock }) => {
    const stop = new AbortController();
    const until = clock.now() + 20;
    const both = [clock.sleepUntil(until, stop.signal), clock.sleepUntil(until, quiet())];
    stop.abort(new Error('not this one'));
    const [aborted, other] = await Promise.allSettled(both);
    expect(aborted?.status).toBe('rejected');
    expect(other?.status).toBe('fulfilled');
  });

  test('takes nothing amiss in a signal that fires after the sleep', async ({ clock }) => {
    const stop = new AbortController();
    await clock.sleepUntil(clock.now() + 2, stop.signal);
    stop.abort(new Error('too late'));
  });
});
