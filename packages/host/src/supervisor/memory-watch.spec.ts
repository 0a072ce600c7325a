import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readProcess } from '@sluice/adapters/processes';
import { untilTooLarge } from './memory-watch';

const limits = { memoryEvery: 1000, memoryReadings: 3 };
const program = ['-e', 'console.log(1); setTimeout(() => {}, 120_000)'];
const child = spawn(process.execPath, program, { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
const own = { pid: child.pid ?? 0, identity: '' };
beforeAll(async () => {
  await once(child.stdout, 'data'); // before that it may not be the program yet
  own.identity = readProcess(own.pid)?.identity ?? '';
});
afterAll(() => child.kill());

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
    ['that uses less', {}, 1024 ** 4],
    ['whose memory can not be read', { identity: 'another' }, 1024],
  ])('does not end for one %s', async (_, other, limit) => {
    const { clock, signal } = shortTime(10);
    const watch = untilTooLarge({ ...own, ...other }, limit, { clock, limits }, signal);
    await expect(watch).rejects.toThrow('the time is over');
  });
});
