import { describeClockContract } from '../testing/clock-contract';
import { simulatedClock, simulatedStart } from '../testing';
import { notBefore } from './not-before';

describeClockContract('a clock that goes on from a later time', () => {
  const clock = simulatedClock();
  return { clock: notBefore(clock, simulatedStart + 3_600_000), waiting: () => clock.waiting() };
});

describe('the clock of a driver that goes on with what another began', () => {
  it('starts where the other one was when its own is behind', async () => {
    const clock = simulatedClock();
    const later = notBefore(clock, simulatedStart + 3_600_000);
    expect(later.now()).toBe(simulatedStart + 3_600_000);
    await later.sleepUntil(later.now() + 10_000, new AbortController().signal);
    expect(clock.now()).toBe(simulatedStart + 10_000);
  });

  it('is its own when that is further', () => {
    const clock = simulatedClock();
    expect(notBefore(clock, simulatedStart - 1)).toBe(clock);
  });
});
