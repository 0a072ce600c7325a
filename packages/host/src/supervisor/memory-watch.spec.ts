import { spawn } from 'node:child_process';
import { readProcess } from '@sluice/adapters/processes';
import { untilTooLarge } from './memory-watch';

const limits = { memoryEvery: 1000, memoryReadings: 3 };
const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 120_000)'], { detached: true, stdio: 'ignore' });
afterAll(() => child.kill());
const own = { pid: child.pid ?? 0, identity: readProcess(child.pid ?? 0)?.identity ?? '' };

/** Time that passes at once, and ends after so many waits. */
function shortTime(most: number) {
  const controller = new AbortController();
  const time = { waits: 0, signal: controller.signal };
  const clock = {
    now: () => time.waits * 1000,
    async sleepUntil() {
      if ((time.waits += 1) > most) controller.abort(new Error('the time is over'));
      controller.signal.throwIfAborted();
    },
  };
  return { ...time, clock, waits: () => time.waits };
}

describe('the watch over the memory of a process', () => {
  it('ends after three readings above the limit', async () => {
    const { clock, signal, waits } = shortTime(10);
    const reason = await untilTooLarge(own, 1024, { clock, limits }, signal);
    expect(reason).toMatch(/^used [\d.]+[MG]B of memory, more than runtime.memory, 1KB$/);
    expect(waits()).toBe(3);
  });

  it.each([
    ['that uses less', own],
    ['whose memory can not be read', { ...own, identity: 'another' }],
  ])('does not end for one %s', async (_, name) => {
    const { clock, signal } = shortTime(10);
    const watch = untilTooLarge(name, 1024 ** 4, { clock, limits }, signal);
    await expect(watch).rejects.toThrow('the time is over');
  });
});
