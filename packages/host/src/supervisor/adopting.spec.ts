import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, createBench, eventually, signal, type Bench } from './testing';

jest.setTimeout(60_000); // real processes, on a machine that may be busy

let bench: Bench;
beforeEach(async () => (bench = await createBench()));
afterEach(() => bench.clear());

describe('a new supervisor', () => {
  it('adopts running instances without restarting them, and they serve all the time', async () => {
    const workload = await bench.release({ instances: 2 });
    const first = bench.supervisor();
    await first.start(workload, signal);
    const endpoints = first.endpoints(workload);
    const before = (await first.usage(workload)).instances;
    await first.shutdown();

    const second = bench.supervisor();
    await second.adopt();
    expect(second.endpoints(workload)).toEqual(endpoints);
    const after = (await second.usage(workload)).instances;
    expect(after.map(({ pid, since }) => [pid, since])).toEqual(before.map(({ pid, since }) => [pid, since]));
    expect(await second.start(workload, signal)).toMatchObject({ ok: true });
    expect(await second.health(workload, signal)).toMatchObject({ healthy: 2, restarts: 0 });
  });

  it('wants as many instances of a small canary as were wanted before', async () => {
    const workload = await bench.release({ instances: 3 });
    const first = bench.supervisor();
    await first.start(workload, signal, 1);
    await first.shutdown();

    const second = bench.supervisor();
    await second.adopt();
    expect(await second.health(workload, signal)).toMatchObject({ healthy: 1, wanted: 1 });
    await second.start(workload, signal);
    expect(await second.health(workload, signal)).toMatchObject({ healthy: 3, wanted: 3, restarts: 0 });
  });

  it('watches what it adopted: restarts what crashes, stops what is to stop', async () => {
    const workload = await bench.release();
    await start(workload);
    const second = bench.supervisor();
    await second.adopt();
    const [before] = second.endpoints(workload);
    await ask(before?.port, '/crash').catch(() => undefined);
    await eventually(async () =>
      expect(await second.health(workload, signal)).toMatchObject({ healthy: 1, restarts: 1 }),
    );
    await second.shutdown();

    const third = bench.supervisor();
    await third.adopt();
    const [{ pid } = { pid: 0 }] = (await third.usage(workload)).instances;
    await third.stop(workload, signal);
    expect(bench.runs(pid)).toBe(false);
  });

  it('starts again what has gone meanwhile, and does not count that as its fault', async () => {
    const workload = await bench.release();
    const pid = await start(workload);
    process.kill(pid, 'SIGKILL');
    await eventually(() => expect(bench.runs(pid)).toBe(false));

    const second = bench.supervisor();
    await second.adopt();
    expect(second.endpoints(workload)).toEqual([]);
    await eventually(() => expect(second.endpoints(workload)).toHaveLength(1));
    expect(await second.health(workload, signal)).toMatchObject({ healthy: 1, restarts: 0 });
  });

  it('does not adopt a stranger who has the pid, nor end it', async () => {
    const workload = await bench.release();
    const pid = await start(workload);
    const stranger = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 120_000)'], { detached: true });
    try {
      const saved = await bench.saved();
      await writeFile(join(bench.dir, 'instances.json'), saved.replace(`"pid": ${pid}`, `"pid": ${stranger.pid ?? 0}`));
      const second = bench.supervisor();
      await second.adopt();
      await second.start(workload, signal);
      const instances = (await second.usage(workload)).instances;
      expect(instances.map((instance) => instance.pid)).not.toContain(stranger.pid);
      await second.stop(workload, signal);
      expect(bench.runs(stranger.pid)).toBe(true);
    } finally {
      stranger.kill('SIGKILL');
      process.kill(-pid, 'SIGKILL');
    }
  });

  it('starts what was about to start when its forerunner died', async () => {
    const workload = await bench.release();
    const pid = await start(workload);
    process.kill(-pid, 'SIGKILL');
    await writeFile(join(bench.dir, 'instances.json'), await intended());
    const second = bench.supervisor();
    await second.adopt();
    await eventually(() => expect(second.endpoints(workload)).toHaveLength(1));
  });

  it('ends what was about to stop when its forerunner died', async () => {
    const workload = await bench.release();
    const pid = await start(workload);
    const saved = await bench.saved();
    await writeFile(join(bench.dir, 'instances.json'), saved.replace('"running"', '"stopping"'));
    const second = bench.supervisor();
    await second.adopt();
    expect(second.endpoints(workload)).toEqual([]);
    await eventually(() => expect(bench.runs(pid)).toBe(false));
    await eventually(async () => expect(JSON.parse(await bench.saved())).toEqual({ version: 1, workloads: [] }));
  });

  it('goes on with a start that was under way', async () => {
    const workload = await bench.release();
    await bench.sicken(workload);
    const first = bench.supervisor();
    const start = first.start(workload, signal);
    const [{ pid } = { pid: 0 }] = await eventually(async () => {
      const { instances } = await first.usage(workload);
      expect(instances).toHaveLength(1);
      return instances;
    });
    await first.shutdown();
    await expect(start).rejects.toThrow('shut down');

    const second = bench.supervisor();
    await second.adopt();
    await bench.heal(workload);
    expect(await second.start(workload, signal)).toMatchObject({ ok: true });
    expect((await second.usage(workload)).instances).toMatchObject([{ pid, restarts: 0 }]);
  });

  it('keeps and can stop an instance whose release is gone from the store', async () => {
    const workload = await bench.release();
    const pid = await start(workload);
    bench.lose(workload);
    const second = bench.supervisor();
    await second.adopt();
    expect(second.endpoints(workload)).toHaveLength(1);
    await second.stop(workload, signal);
    expect(bench.runs(pid)).toBe(false);
  });

  it('has nothing to adopt in a new folder', async () => {
    const supervisor = bench.supervisor();
    await supervisor.adopt();
    expect(supervisor.endpoints(await bench.release())).toEqual([]);
  });

  /** Starts a workload and leaves it to whoever comes next. */
  async function start(workload: Awaited<ReturnType<Bench['release']>>): Promise<number> {
    const first = bench.supervisor();
    await first.start(workload, signal);
    const [{ pid } = { pid: 0 }] = (await first.usage(workload)).instances;
    await first.shutdown();
    return pid;
  }

  /** The state as it was between the decision to start and the start. */
  async function intended(): Promise<string> {
    const saved = await bench.saved();
    return saved
      .replace(/"run": \{[^}]*\}/, '"run": null')
      .replace('"intent": null', '"intent": { "port": 1, "log": "x" }');
  }
});
