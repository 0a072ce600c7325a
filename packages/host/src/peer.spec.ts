import { keepPeer, type Keeping, type Peer } from './peer';
import { eventually } from './supervisor/testing';

jest.setTimeout(30_000);

let keeping: Keeping | undefined;
afterEach(() => {
  keeping?.stop();
  jest.restoreAllMocks();
});

interface World {
  calls: { looks: number; starts: number; ups: number };
  pid: number | null;
  reports: unknown[];
}

/** A process that is up when it was started. */
function aPeer(changes: (world: World) => Partial<Peer> = () => ({}), pid: number | null = null): World {
  const calls = { looks: 0, starts: 0, ups: 0 };
  const world: World = { calls, pid, reports: [] };
  const peer: Peer = {
    async identify() {
      calls.looks += 1;
      if (world.pid === null) throw new Error('ECONNREFUSED');
      return world.pid;
    },
    start() {
      calls.starts += 1;
      world.pid = 1;
    },
    async onUp() {
      calls.ups += 1;
    },
    ...changes(world),
  };
  keeping = keepPeer(peer, (thrown) => world.reports.push(thrown));
  return world;
}
const looks = async ({ calls }: World, more: number) => {
  const from = calls.looks;
  await eventually(() => expect(calls.looks).toBeGreaterThanOrEqual(from + more));
};

describe('a peer', () => {
  it('is started when it does not answer, and greeted once when it does', async () => {
    const world = aPeer();
    await eventually(() => expect(world.calls.ups).toBe(1));
    await looks(world, 2);
    expect(world.calls).toMatchObject({ starts: 1, ups: 1 });
  });

  it('is not started again while it starts, but after that time', async () => {
    let now = 1_000_000;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    const world = aPeer(({ calls }) => ({ start: () => void (calls.starts += 1) }));
    await looks(world, 5);
    expect(world.calls.starts).toBe(1);
    now += 5_001;
    await eventually(() => expect(world.calls.starts).toBe(2));
  });

  it('is started at once when it is gone again soon after it came up', async () => {
    jest.spyOn(performance, 'now').mockReturnValue(1_000_000);
    const world = aPeer();
    for (const times of [1, 2, 3]) {
      await eventually(() => expect(world.calls.ups).toBe(times));
      expect(world.calls.starts).toBe(times);
      world.pid = null;
    }
  });

  it('is left alone while it answers', async () => {
    const world = aPeer(undefined, 7);
    await looks(world, 3);
    expect(world.calls).toMatchObject({ starts: 0, ups: 1 });
  });

  it('is greeted again when another process answers, even if nobody saw it gone', async () => {
    const world = aPeer();
    await eventually(() => expect(world.calls.ups).toBe(1));
    world.pid = 2;
    await eventually(() => expect(world.calls.ups).toBe(2));
    expect(world.calls.starts).toBe(1);
  });

  it('is greeted again when it did not answer for a while, and when that is asked for', async () => {
    const world = aPeer(({ calls }) => ({ start: () => void (calls.starts += 1) }), 5);
    await eventually(() => expect(world.calls.ups).toBe(1));
    world.pid = null;
    await looks(world, 2);
    world.pid = 5;
    await eventually(() => expect(world.calls.ups).toBe(2));
    keeping?.greetAgain();
    await eventually(() => expect(world.calls.ups).toBe(3));
  });

  it('is greeted again after a while when that failed, and at once as another process', async () => {
    let now = 1_000_000;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    const world = aPeer(({ calls }) => ({
      onUp: async () => {
        calls.ups += 1;
        if (calls.ups <= 2) throw new Error('not yet');
      },
    }));
    await eventually(() => expect(world.calls.ups).toBe(1));
    await looks(world, 2);
    expect(world.calls.ups).toBe(1);
    world.pid = 2;
    await eventually(() => expect(world.calls.ups).toBe(2));
    now += 5_001;
    await eventually(() => expect(world.calls.ups).toBe(3));
    expect(world.reports).toEqual([new Error('not yet'), new Error('not yet')]);
  });

  it('is looked at on when it could not be started', async () => {
    const world = aPeer(() => ({
      start: () => {
        throw new Error('no more processes');
      },
    }));
    await eventually(() => expect(world.reports).toEqual([new Error('no more processes')]));
    world.pid = 3;
    await eventually(() => expect(world.calls.ups).toBe(1));
  });

  it('is not started any more when keeping it was stopped, even in the middle of a look', async () => {
    let answer: () => void = () => undefined;
    const world = aPeer(() => ({
      identify: () =>
        new Promise((_, reject) => {
          answer = () => reject(new Error('gone'));
        }),
    }));
    keeping?.stop();
    answer();
    await new Promise((resolve) => setImmediate(resolve));
    expect(world.calls.starts).toBe(0);
  });
});
