import type { Workload } from '../release';
import type { Behaviours } from './behaviour';
import { describeRuntimeContract } from './runtime-contract';
import { simulatedClock } from './simulated-clock';
import { simulatedRuntime } from './simulated-runtime';

const workload = (release: string): Workload => ({ project: 'app', environment: 'production', release });
const quiet = new AbortController().signal;

function setUp() {
  const clock = simulatedClock();
  const behaviours: Behaviours = new Map([
    ['several', { instances: 3 }],
    ['broken', { refuses: 'listen EACCES' }],
    ['damaged', { damage: 'server.js is not what it was' }],
    ['unknown', { damage: 'there is no such release' }],
    ['short-lived', { diesAfter: 60_000 }],
    ['restless', { diesAfter: 60_000, upAgainAfter: 5_000 }],
  ]);
  return { clock, runtime: simulatedRuntime(clock, behaviours) };
}

describeRuntimeContract('the simulated runtime', () => {
  const { runtime } = setUp();
  return {
    runtime,
    healthy: workload('healthy'),
    several: workload('several'),
    other: workload('other'),
    broken: workload('broken'),
    damaged: workload('damaged'),
    unknown: workload('unknown'),
    kill: (killed) => runtime.kill(killed),
    reopen: () => runtime,
  };
});

describe('the simulated runtime', () => {
  it('lets instances die when their time has come', async () => {
    const { clock, runtime } = setUp();
    await runtime.start(workload('short-lived'), quiet);
    await clock.advance(59_000);
    expect(await runtime.health(workload('short-lived'), quiet)).toMatchObject({ healthy: 1, restarts: 0 });
    await clock.advance(1_000);
    expect(await runtime.health(workload('short-lived'), quiet)).toMatchObject({
      healthy: 0,
      wanted: 1,
      restarts: 0,
      reason: 'the instance ended',
    });
  });

  it('counts the restarts of instances that come up again', async () => {
    const { clock, runtime } = setUp();
    await runtime.start(workload('restless'), quiet);
    await clock.advance(62_000);
    expect(await runtime.health(workload('restless'), quiet)).toMatchObject({ healthy: 0, restarts: 1 });
    await clock.advance(4_000);
    expect(await runtime.health(workload('restless'), quiet)).toMatchObject({ healthy: 1, restarts: 1 });
    await clock.advance(65_000);
    expect(await runtime.health(workload('restless'), quiet)).toMatchObject({ healthy: 1, restarts: 2 });
  });

  it('remembers when instances were up', async () => {
    const { clock, runtime } = setUp();
    await runtime.start(workload('healthy'), quiet);
    const started = clock.now();
    await clock.advance(10_000);
    await runtime.stop(workload('healthy'), quiet);
    await clock.advance(10_000);
    expect(runtime.isUp(workload('healthy'), started - 1)).toBe(false);
    expect(runtime.isUp(workload('healthy'), started + 9_999)).toBe(true);
    expect(runtime.isUp(workload('healthy'), started + 10_000)).toBe(false);
    expect(runtime.running()).toEqual([]);
  });
});
