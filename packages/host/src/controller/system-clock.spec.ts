import { describeClockContract } from '@sluice/core/testing';
import { systemClock } from './system-clock';

const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

describeClockContract('the system clock', () => ({ clock: systemClock, waiting: timers }));

it('lets go of a signal that lives for months', async () => {
  const { signal } = new AbortController();
  const added = jest.spyOn(signal, 'addEventListener');
  const removed = jest.spyOn(signal, 'removeEventListener');
  for (let i = 0; i < 20; i++) await systemClock.sleepUntil(systemClock.now() + 1, signal);
  expect(removed.mock.calls.length).toBe(added.mock.calls.length);
});
