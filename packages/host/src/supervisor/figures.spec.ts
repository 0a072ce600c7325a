import { ask, createBench, eventually, signal, type Bench } from './testing';

jest.setTimeout(60_000); // real processes, on a machine that may be busy

let bench: Bench;
beforeEach(async () => (bench = await createBench()));
afterEach(() => bench.clear());

describe('the usage of a workload', () => {
  it('has CPU, memory and address of each instance', async () => {
    const workload = await bench.release({ instances: 2 });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    const { instances } = await supervisor.usage(workload);
    expect(instances.map(({ id, port }) => ({ id, port, host: '127.0.0.1' }))).toEqual(supervisor.endpoints(workload));
    for (const instance of instances) {
      expect(instance).toMatchObject({ healthy: true, restarts: 0 });
      expect(instance.memoryBytes).toBeGreaterThan(1_000_000);
      expect(instance.cpuPercent).toBeGreaterThanOrEqual(0);
    }
  });

  it('counts the whole process group of an instance', async () => {
    const alone = await bench.release();
    const both = await bench.release({ env: { CHILD: 'yes' } });
    const supervisor = bench.supervisor();
    await Promise.all([supervisor.start(alone, signal), supervisor.start(both, signal)]);
    await eventually(async () => {
      const [one] = (await supervisor.usage(alone)).instances;
      const [two] = (await supervisor.usage(both)).instances;
      expect(two?.memoryBytes).toBeGreaterThan(1.3 * (one?.memoryBytes ?? Number.NaN));
    });
  });

  it('adds up the database connections of all instances', async () => {
    const workload = await bench.release({ instances: 2, env: { GAUGE: '3' } });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    expect((await supervisor.usage(workload)).dbConnections).toBe(6);
  });

  it.each([
    ['has no such gauge', { metrics: { path: '/metrics', dbConnections: 'other' }, env: { GAUGE: '3' } }],
    ['has no such page', { metrics: { path: '/none' }, env: {} }],
    ['answers an error', { env: {} }],
    ['was not asked for it', { metrics: null, env: { GAUGE: '3' } }],
  ])('does not know the database connections of an instance that %s', async (_, settings) => {
    const workload = await bench.release(settings);
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    expect((await supervisor.usage(workload)).dbConnections).toBeNull();
  });
});

describe('the log of a workload', () => {
  it('has what its instances wrote, also after they have gone', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    await ask(supervisor.endpoints(workload)[0]?.port, '/say/hello');
    expect(await supervisor.logLines(workload)).toEqual(['listening', 'hello']);
    expect(await supervisor.logLines(workload, { last: 1 })).toEqual(['hello']);
    await supervisor.stop(workload, signal);
    expect(await supervisor.logLines(workload)).toEqual(['listening', 'hello']);
  });

  it('since a time has what was written later, and never less', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    const port = supervisor.endpoints(workload)[0]?.port;
    await ask(port, '/say/before');
    // a health check has to see the line before the time that is asked for
    const since = await eventually(async () => {
      const now = Date.now();
      expect(await supervisor.logLines(workload, { since: now })).toEqual([]);
      return now;
    });
    await ask(port, '/say/after');
    expect(await supervisor.logLines(workload, { since })).toContain('after');
    expect(await supervisor.logLines(workload, { since: 0 })).toEqual(['listening', 'before', 'after']);
    await eventually(async () => {
      const from = Date.now();
      await ask(port, '/say/last');
      expect(await supervisor.logLines(workload, { since: from })).toEqual(['last']);
    });
  });

  it('of an earlier start of the same release is not taken for one of this start', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    await supervisor.stop(workload, signal);
    const since = await eventually(async () => {
      const now = Date.now();
      expect(await supervisor.logLines(workload, { since: now })).toEqual([]);
      return now;
    });
    await supervisor.start(workload, signal);
    expect(await supervisor.logLines(workload, { since })).toEqual(['listening']);
    expect(await supervisor.logLines(workload)).toEqual(['listening', 'listening']);
  });
});
