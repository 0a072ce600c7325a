import type { Workload } from '@sluice/core';
import { describeRuntimeContract, simulatedClock } from '@sluice/core/testing';
import { createSupervisor } from '../supervisor/supervisor';
import { createBench, eventually } from '../supervisor/testing';
import { drained, type DrainingRuntime } from './drain';
import { systemClock } from './system-clock';

const idle = { inFlight: async () => 0 };
const never = new AbortController().signal;
const workload: Workload = { project: 'app', environment: 'production', release: 'r1' };

describeRuntimeContract(
  'the supervisor behind the router',
  async () => {
    const bench = await createBench();
    const settings = { health: { path: '/healthz', interval: 30, timeout: 2000, startTimeout: 20_000 } };
    const [healthy, other] = [await bench.release(settings), await bench.release(settings)];
    const several = await bench.release({ ...settings, instances: 3 });
    const broken = await bench.release(settings, 'console.log("no"); process.exit(3);');
    const damaged = await bench.release(settings);
    const releases = {
      ...bench.releases,
      verify: async (project: string, release: string) =>
        release === damaged.release
          ? { ok: false, reason: 'its files were changed' }
          : bench.releases.verify(project, release),
    };
    const make = () =>
      createSupervisor({
        ...{ dir: bench.dir, releases, clock: systemClock, onChange: () => undefined },
        limits: { firstChecksEvery: 20, pollEvery: 10, pollAdoptedEvery: 20, backoff: { first: 20, longest: 100 } },
      });
    const supervisors = [make()];
    const latest = () => supervisors.at(-1) ?? make();
    return {
      runtime: drained(latest(), idle, systemClock),
      ...{ healthy, several, other, broken, damaged, unknown: { ...healthy, release: 'never' } },
      async kill(killed) {
        for (const { pid } of (await latest().usage(killed)).instances) process.kill(-pid, 'SIGKILL');
      },
      async reopen() {
        await latest().shutdown();
        supervisors.push(make());
        await latest().adopt();
        return drained(latest(), idle, systemClock);
      },
      starting: (started) =>
        eventually(async () => expect((await latest().usage(started)).instances.length).toBeGreaterThan(0)),
      async dispose() {
        for (const supervisor of supervisors) await supervisor.shutdown();
        await bench.clear();
      },
    };
  },
  60_000,
);

describe('a runtime behind the router', () => {
  const stops: number[] = [];
  const clock = simulatedClock();
  const runtime = { stop: async () => void stops.push(clock.now()) };
  const behind = (inFlight: (signal: AbortSignal) => Promise<number>) =>
    drained({ ...runtime, ...unused }, { inFlight: (_, signal) => inFlight(signal) }, clock);
  const unused: Omit<DrainingRuntime, 'stop'> = {
    drainOf: ({ release }) => (release === 'abrupt' ? 0 : 10_000),
    prove: () => Promise.reject(new Error('not asked')),
    start: () => Promise.reject(new Error('not asked')),
    health: () => Promise.reject(new Error('not asked')),
  };
  beforeEach(() => stops.splice(0));

  it('stops instances when the router has no request left with them', async () => {
    const left = [3, 2, 2, 0];
    const before = clock.now();
    await behind(async () => left.shift() ?? 0).stop(workload, never);
    expect(left).toEqual([]);
    expect(stops).toEqual([before + 150]);
  });

  it('stops them all the same when requests do not end', async () => {
    const before = clock.now();
    await behind(async () => 1).stop(workload, never);
    expect(stops).toEqual([before + 10_000]);
  });

  it('stops them at once where the release wants no draining', async () => {
    const before = clock.now();
    await behind(async () => 1).stop({ ...workload, release: 'abrupt' }, never);
    expect(stops).toEqual([before]);
  });

  it('stops them at once when no router answers', async () => {
    const before = clock.now();
    await behind(() => Promise.reject(new Error('ECONNREFUSED'))).stop(workload, never);
    expect(stops).toEqual([before]);
  });

  it('stops nothing when it is told to leave that while it waits', async () => {
    const stop = new AbortController();
    const stopping = behind(async () => {
      stop.abort(new Error('enough'));
      return 1;
    }).stop(workload, stop.signal);
    await expect(stopping).rejects.toThrow('enough');
    expect(stops).toEqual([]);
  });
});
