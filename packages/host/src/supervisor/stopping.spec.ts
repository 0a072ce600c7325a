import { createBench, eventually, signal, type Bench } from './testing';

jest.setTimeout(60_000); // real processes, on a machine that may be busy

let bench: Bench;
beforeEach(async () => (bench = await createBench()));
afterEach(() => bench.clear());

describe('stopping', () => {
  it('takes the instances out of the endpoints, ends them and forgets them', async () => {
    const workload = await bench.release({ instances: 2 });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    const pids = (await supervisor.usage(workload)).instances.map(({ pid }) => pid);
    bench.changes.length = 0;

    const stop = supervisor.stop(workload, signal);
    expect(supervisor.endpoints(workload)).toEqual([]);
    expect(bench.changes).toEqual([workload]);
    await stop;
    expect(pids.map(bench.runs)).toEqual([false, false]);
    expect(JSON.parse(await bench.saved())).toEqual({ version: 1, workloads: [] });
    expect(await supervisor.health(workload, signal)).toMatchObject({ healthy: 0, restarts: 0 });
  });

  it('SIGKILLs what ignores SIGTERM', async () => {
    const workload = await bench.release({ env: { DEAF: 'yes' }, drain: 200 });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    const pids = (await supervisor.usage(workload)).instances.map(({ pid }) => pid);
    await supervisor.stop(workload, signal);
    expect(pids.map(bench.runs)).toEqual([false]);
    expect(await supervisor.logLines(workload, { last: 1 })).toEqual(['no']);
  });

  it('ends the whole process group', async () => {
    const workload = await bench.release({ env: { CHILD: 'yes' } });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    const child = await bench.childOf(workload);
    await supervisor.stop(workload, signal);
    expect(bench.runs(child)).toBe(false);
  });

  it('twice, or of what does not run, is no error', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor();
    await supervisor.stop(workload, signal);
    await supervisor.start(workload, signal);
    await Promise.all([supervisor.stop(workload, signal), supervisor.stop(workload, signal)]);
    await supervisor.stop(workload, signal);
    expect(supervisor.endpoints(workload)).toEqual([]);
  });

  it('that is aborted rejects with the reason, and goes on', async () => {
    const workload = await bench.release({ env: { DEAF: 'yes' }, drain: 500 });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    const [{ pid } = { pid: 0 }] = (await supervisor.usage(workload)).instances;
    const controller = new AbortController();
    const stop = supervisor.stop(workload, controller.signal);
    controller.abort(new Error('no time'));
    await expect(stop).rejects.toThrow('no time');
    await eventually(() => expect(bench.runs(pid)).toBe(false));
  });

  it('is waited for by a start that follows', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    const [before] = (await supervisor.usage(workload)).instances;
    const stop = supervisor.stop(workload, signal);
    expect(await supervisor.start(workload, signal)).toMatchObject({ ok: true });
    await stop;
    const [after] = (await supervisor.usage(workload)).instances;
    expect(after?.pid).not.toBe(before?.pid);
    expect(bench.runs(before?.pid)).toBe(false);
  });

  it('can be asked of everything, or of one project', async () => {
    const mine = await bench.release();
    const other = { ...(await bench.release()), project: 'other' };
    const supervisor = bench.supervisor();
    await Promise.all([supervisor.start(mine, signal), supervisor.start(other, signal)]);
    await supervisor.stopAll('other');
    expect(supervisor.endpoints(other)).toEqual([]);
    expect(supervisor.endpoints(mine)).toHaveLength(1);
    await supervisor.stopAll();
    expect(supervisor.endpoints(mine)).toEqual([]);
  });
});
