import type { Runtime } from '../ports';
import type { Workload } from '../release';
import {
  contractOf,
  eventually,
  expectRefusedWhenAborted,
  expectStopsWhenAborted,
  quiet,
  type Disposable,
} from './contract';

export interface RuntimeHarness extends Disposable {
  runtime: Runtime;
  /** Becomes healthy, soon but not at once, and stays so. Nothing of it runs at the start. */
  healthy: Workload;
  /** As `healthy`, with more than one instance. */
  several: Workload;
  /** Another release of the same project and environment that becomes healthy. */
  other: Workload;
  /** Its files are whole, but its instances never become healthy: they end, or answer errors. */
  broken: Workload;
  /** Its files are not what they were. */
  damaged: Workload;
  /** No such release was ever kept here. */
  unknown: Workload;
  /** Ends all instances of a workload from outside, at once. */
  kill: (workload: Workload) => void | Promise<void>;
  /** The runtime of the next driver process; what runs is left running. */
  reopen: () => Runtime | Promise<Runtime>;
  /** The start of a workload is under way. At once where it is left out. */
  starting?: (workload: Workload) => Promise<void>;
}

/** `make` gives a runtime in which nothing runs. */
export const describeRuntimeContract = contractOf<RuntimeHarness>('a runtime', 30_000, (test) => {
  test('brings all wanted instances up', async ({ runtime, healthy }) => {
    expect((await runtime.start(healthy, quiet())).ok).toBe(true);
    const health = await runtime.health(healthy, quiet());
    expect(health.name).toBe(healthy.release);
    expect(health.healthy).toBeGreaterThan(0);
    expect(health).toMatchObject({ wanted: health.healthy, restarts: 0, reason: null });
  });

  test('brings up no more instances than it is told to, then the rest', async ({ runtime, several }) => {
    expect((await runtime.start(several, quiet(), 1)).ok).toBe(true);
    expect(await runtime.health(several, quiet())).toMatchObject({ healthy: 1, wanted: 1, reason: null });
    expect((await runtime.start(several, quiet())).ok).toBe(true);
    const all = await runtime.health(several, quiet());
    expect(all.healthy).toBeGreaterThan(1);
    expect(all).toMatchObject({ wanted: all.healthy, restarts: 0 });
  });

  test('has no healthy instance of what was not started', async ({ runtime, healthy, unknown }) => {
    expect(await runtime.health(healthy, quiet())).toMatchObject({ name: healthy.release, healthy: 0 });
    expect(await runtime.health(unknown, quiet())).toMatchObject({ name: unknown.release, healthy: 0 });
  });

  test('starts what runs already without touching it', async ({ runtime, healthy }) => {
    await runtime.start(healthy, quiet());
    const before = await runtime.health(healthy, quiet());
    expect((await runtime.start(healthy, quiet())).ok).toBe(true);
    expect(await runtime.health(healthy, quiet())).toEqual(before);
  });

  test('starts once when two ask at the same time', async ({ runtime, healthy }) => {
    const both = await Promise.all([runtime.start(healthy, quiet()), runtime.start(healthy, quiet())]);
    expect(both.map(({ ok }) => ok)).toEqual([true, true]);
    const { healthy: up, wanted } = await runtime.health(healthy, quiet());
    expect(up).toBe(wanted);
  });

  test('runs two releases side by side, and stops one of them', async ({ runtime, healthy, other }) => {
    await runtime.start(healthy, quiet());
    await runtime.start(other, quiet());
    await runtime.stop(healthy, quiet());
    expect((await runtime.health(healthy, quiet())).healthy).toBe(0);
    expect((await runtime.health(other, quiet())).healthy).toBeGreaterThan(0);
  });

  test('runs a fresh baseline of a release beside its other instances, and stops either alone', async (harness) => {
    const { runtime, several, reopen } = harness;
    const fresh: Workload = { ...several, slot: 'baseline' };
    await runtime.start(several, quiet());
    const before = await runtime.health(several, quiet());
    expect(await runtime.health(fresh, quiet())).toMatchObject({ healthy: 0 });
    expect((await runtime.start(fresh, quiet(), 1)).ok).toBe(true);
    expect(await runtime.health(fresh, quiet())).toMatchObject({ name: several.release, healthy: 1, wanted: 1 });

    const next = await reopen();
    await next.stop(fresh, quiet());
    expect((await next.health(fresh, quiet())).healthy).toBe(0);
    expect(await next.health(several, quiet())).toEqual(before);
    await next.start(fresh, quiet());
    await next.stop(several, quiet());
    expect((await next.health(several, quiet())).healthy).toBe(0);
    expect((await next.health(fresh, quiet())).healthy).toBeGreaterThan(1);
  });

  test('says why instances do not become healthy, and leaves none behind', async ({ runtime, broken }) => {
    const answer = await runtime.start(broken, quiet());
    expect(answer.ok).toBe(false);
    expect(answer.reason.trim()).not.toBe('');
    expect((await runtime.health(broken, quiet())).healthy).toBe(0);
  });

  test('does not start a release that is not there', async ({ runtime, unknown }) => {
    const started = runtime.start(unknown, quiet()).then(({ ok }) => ok);
    expect(await started.catch(() => false)).toBe(false);
  });

  test('proves a release that is whole, whether it runs or not', async ({ runtime, healthy }) => {
    expect((await runtime.prove(healthy, quiet())).ok).toBe(true);
    await runtime.start(healthy, quiet());
    const answer = await runtime.prove(healthy, quiet());
    expect(answer.ok).toBe(true);
    expect(answer.reason.trim()).not.toBe('');
  });

  test('does not prove what is damaged or not there, and says why', async ({ runtime, damaged, unknown }) => {
    for (const workload of [damaged, unknown]) {
      const answer = await runtime.prove(workload, quiet());
      expect(answer.ok).toBe(false);
      expect(answer.reason.trim()).not.toBe('');
    }
  });

  test('stops all instances, and again what has stopped', async ({ runtime, healthy }) => {
    await runtime.start(healthy, quiet());
    await runtime.stop(healthy, quiet());
    expect((await runtime.health(healthy, quiet())).healthy).toBe(0);
    await runtime.stop(healthy, quiet());
  });

  test('takes it calmly to stop what never ran', async ({ runtime, healthy, unknown }) => {
    await runtime.stop(healthy, quiet());
    await runtime.stop(unknown, quiet());
  });

  test('stops once when two ask at the same time', async ({ runtime, healthy }) => {
    await runtime.start(healthy, quiet());
    await Promise.all([runtime.stop(healthy, quiet()), runtime.stop(healthy, quiet())]);
    expect((await runtime.health(healthy, quiet())).healthy).toBe(0);
  });

  test('starts again what was stopped', async ({ runtime, healthy }) => {
    await runtime.start(healthy, quiet());
    await runtime.stop(healthy, quiet());
    expect((await runtime.start(healthy, quiet())).ok).toBe(true);
    expect((await runtime.health(healthy, quiet())).healthy).toBeGreaterThan(0);
  });

  test('sees instances that ended: they are missing, or were restarted and are counted', async (harness) => {
    const { runtime, healthy, kill } = harness;
    await runtime.start(healthy, quiet());
    await kill(healthy);
    await eventually('the health shows that instances ended', async () => {
      const { healthy: up, wanted, restarts, reason } = await runtime.health(healthy, quiet());
      return restarts > 0 || (up < wanted && reason !== null);
    });
  });

  test('does not prove a release whose instances should run and do not', async ({ runtime, healthy, kill }) => {
    await runtime.start(healthy, quiet());
    await kill(healthy);
    const { ok } = await runtime.prove(healthy, quiet());
    const { healthy: up, wanted } = await runtime.health(healthy, quiet());
    expect(ok && up < wanted).toBe(false);
  });

  test('goes on after the driver was started again, without touching what runs', async (harness) => {
    const { runtime, healthy, reopen } = harness;
    await runtime.start(healthy, quiet());
    const before = await runtime.health(healthy, quiet());
    const next = await reopen();
    await eventually('the next runtime knows the instances', async () => {
      return (await next.health(healthy, quiet())).healthy === before.healthy;
    });
    expect((await next.start(healthy, quiet())).ok).toBe(true);
    expect(await next.health(healthy, quiet())).toEqual(before);
    await next.stop(healthy, quiet());
    expect((await next.health(healthy, quiet())).healthy).toBe(0);
  });

  test('refuses to begin anything when the signal has fired before', async ({ runtime, healthy }) => {
    await expectRefusedWhenAborted((signal) => runtime.prove(healthy, signal));
    await expectRefusedWhenAborted((signal) => runtime.start(healthy, signal));
    await expectRefusedWhenAborted((signal) => runtime.health(healthy, signal));
    await expectRefusedWhenAborted((signal) => runtime.stop(healthy, signal));
    expect((await runtime.health(healthy, quiet())).healthy).toBe(0);
  });

  test('gives a start up when told to, and starts or stops cleanly after it', async (harness) => {
    const { runtime, healthy, starting } = harness;
    const underWay = () => starting?.(healthy) ?? Promise.resolve();
    await expectStopsWhenAborted((signal) => runtime.start(healthy, signal), underWay);
    expect((await runtime.start(healthy, quiet())).ok).toBe(true);
    await runtime.stop(healthy, quiet());

    await expectStopsWhenAborted((signal) => runtime.start(healthy, signal), underWay);
    await runtime.stop(healthy, quiet());
    expect((await runtime.health(healthy, quiet())).healthy).toBe(0);
  });

  test('gives a stop up when told to, and stops when asked again', async ({ runtime, healthy }) => {
    await runtime.start(healthy, quiet());
    await expectStopsWhenAborted((signal) => runtime.stop(healthy, signal));
    await runtime.stop(healthy, quiet());
    expect((await runtime.health(healthy, quiet())).healthy).toBe(0);
  });
});
