import { describeClockContract } from './clock-contract';
import { simulatedClock, simulatedStart } from './simulated-clock';

const quiet = new AbortController().signal;

describeClockContract('the simulated clock', () => {
  const clock = simulatedClock();
  return { clock, waiting: () => clock.waiting() };
});

describe('the simulated clock', () => {
  it('jumps over a day in no time when nothing else is left to do', async () => {
    const clock = simulatedClock();
    await clock.sleepUntil(simulatedStart + 86_400_000, quiet);
    expect(clock.now()).toBe(simulatedStart + 86_400_000);
  });

  it('does not move while promises are under way', async () => {
    const clock = simulatedClock();
    const sleeping = clock.sleepUntil(simulatedStart + 1000, quiet);
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    expect(clock.now()).toBe(simulatedStart);
    await sleeping;
  });

  it('stands still by hand, and lets each sleeper see its own time', async () => {
    const clock = simulatedClock({ auto: false });
    const woken: number[] = [];
    for (const ms of [300, 100, 200, 900]) {
      void clock.sleepUntil(simulatedStart + ms, quiet).then(() => woken.push(clock.now() - simulatedStart));
    }
    await clock.advance(0);
    expect(woken).toEqual([]);
    await clock.advance(500);
    expect(woken).toEqual([100, 200, 300]);
    expect(clock.now() - simulatedStart).toBe(500);
    expect(clock.waiting()).toBe(1);
  });

  it('wakes those who sleep again while time moves on', async () => {
    const clock = simulatedClock({ auto: false });
    let ticks = 0;
    const tick = async () => {
      for (;;) {
        await clock.sleepUntil(clock.now() + 10, quiet);
        ticks += 1;
      }
    };
    void tick();
    await clock.advance(100);
    expect(ticks).toBe(10);
  });
});
