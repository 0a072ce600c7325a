import fc from 'fast-check';
import { createClock } from './clock';

function world(start: number) {
  let [wall, monotonic] = [start, 5];
  return {
    now: createClock(
      () => wall,
      () => monotonic,
    ),
    pass: (time: number) => ((wall += time), (monotonic += time)),
    set: (by: number) => (wall += by),
  };
}

describe('the clock', () => {
  it('goes with the wall clock', () => {
    const { now, pass } = world(1_000);
    pass(500.7);
    expect(now()).toBe(1_500);
  });

  it('goes on when the wall clock is set back', () => {
    const { now, pass, set } = world(1_000_000);
    pass(10);
    set(-3_600);
    pass(10);
    expect(now()).toBe(1_000_020);
  });

  it('follows when the wall clock is set forward or the machine slept', () => {
    const { now, set } = world(1_000);
    set(60_000);
    expect(now()).toBe(61_000);
  });

  it('goes on where the clock of the process before was, even ahead of the wall clock', () => {
    let monotonic = 7;
    const now = createClock(
      () => 1_000,
      () => monotonic,
      60_000,
    );
    monotonic += 5;
    expect(now()).toBe(60_005);
  });

  it('never goes back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ pass: fc.nat(5_000), set: fc.integer({ min: -9_999, max: 9_999 }) })),
        (steps) => {
          const { now, pass, set } = world(1_000_000);
          let before = now();
          for (const step of steps) {
            pass(step.pass);
            set(step.set);
            const time = now();
            expect(time).toBeGreaterThanOrEqual(before);
            before = time;
          }
        },
      ),
    );
  });
});
