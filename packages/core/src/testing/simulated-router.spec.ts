import { describeRouterContract } from './router-contract';
import { seededRandom } from './random';
import { runIn } from './runs';
import { simulatedClock } from './simulated-clock';
import { simulatedRouter } from './simulated-router';

const address = { project: 'app', environment: 'production', host: '127.0.0.1', port: 4000 };

describeRouterContract('the simulated router', () => {
  const clock = simulatedClock();
  const router = simulatedRouter(clock);
  router.delay = 5;
  const random = seededRandom(7);
  const chosen = () => {
    const slots = router.history(address.project, address.environment).at(-1)?.route.slots ?? [];
    let mark = random.next() * 100;
    const slot = slots.find(({ weight }) => (mark -= weight) < 0);
    return slot ? runIn(slot) : null;
  };
  return {
    router,
    releases: ['one', 'two'],
    address,
    ask: async (requests) => Array.from({ length: requests }, chosen),
    takenPort() {
      router.takenPorts.add(4999);
      return 4999;
    },
    reopen: () => router,
  };
});

describe('the simulated router', () => {
  it('remembers each route with the time from which it was in force', async () => {
    const clock = simulatedClock();
    const start = clock.now();
    const router = simulatedRouter(clock);
    router.delay = 50;
    const route = { ...address, generation: 1, sequence: 1, slots: [] };
    const quiet = new AbortController().signal;
    await router.apply(route, quiet);
    await router.apply(route, quiet);
    await clock.advance(100);
    await router.apply({ ...route, sequence: 2 }, quiet);
    const times = router.history('app', 'production').map(({ at }) => at - start);
    expect(times).toEqual([50, 250]);
  });

  it('fails every call while it is out', async () => {
    const router = simulatedRouter(simulatedClock());
    router.outage = new Error('no answer');
    const quiet = new AbortController().signal;
    await expect(router.apply({ ...address, generation: 1, sequence: 1, slots: [] }, quiet)).rejects.toThrow(
      'no answer',
    );
    await expect(router.read('app', 'production', quiet)).rejects.toThrow('no answer');
  });
});
