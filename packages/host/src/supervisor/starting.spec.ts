import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, createBench, eventually, signal, type Bench } from './testing';

jest.setTimeout(60_000); // real processes, on a machine that may be busy

let bench: Bench;
beforeEach(async () => (bench = await createBench()));
afterEach(() => bench.clear());

/** Writes down that it was started, then does the rest. */
const counted = (rest: string) => `require('node:fs').appendFileSync('starts', process.env.PORT + '\\n');\n${rest}`;
const startsOf = async (folder: string) => (await readFile(join(folder, 'starts'), 'utf8')).trim().split('\n');

describe('starting', () => {
  it('resolves when all wanted instances are healthy, each at an address of its own', async () => {
    const workload = await bench.release({ instances: 3 });
    const supervisor = bench.supervisor();
    expect(await supervisor.start(workload, signal)).toEqual({ ok: true, reason: '3 of 3 instances healthy' });

    const endpoints = supervisor.endpoints(workload);
    expect(endpoints.map(({ id, host }) => `${id} ${host}`)).toEqual([
      'release1-1 127.0.0.1',
      'release1-2 127.0.0.1',
      'release1-3 127.0.0.1',
    ]);
    expect(new Set(endpoints.map(({ port }) => port)).size).toBe(3);
    expect(bench.changes).toEqual([workload, workload, workload]);
    expect(await supervisor.health(workload, signal)).toEqual({
      name: 'release1',
      healthy: 3,
      wanted: 3,
      restarts: 0,
      reason: null,
    });
  });

  it('gives an instance its settings and what it has to know, and nothing of the controller', async () => {
    process.env['NX_TASK_HASH'] = 'none of its business';
    const workload = await bench.release({ env: { GREETING: 'hello', PORT: '1' } });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);

    const [endpoint] = supervisor.endpoints(workload);
    const env: unknown = JSON.parse(await ask(endpoint?.port, '/env'));
    expect(env).toMatchObject({
      GREETING: 'hello',
      HOST: '127.0.0.1',
      PORT: String(endpoint?.port),
      SLUICE_RELEASE: 'release1',
      SLUICE_ENVIRONMENT: 'production',
      SLUICE_INSTANCE: 'release1-1',
    });
    expect(env).not.toHaveProperty('NX_TASK_HASH');
  });

  it('keeps no settings of the instance, which may be secret, in its state', async () => {
    const workload = await bench.release({ env: { TOKEN: 'hunter2' } });
    await bench.supervisor().start(workload, signal);
    expect(await bench.saved()).not.toMatch(/TOKEN|hunter2/);
  });

  it('a start twice is a start once', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor();
    await Promise.all([supervisor.start(workload, signal), supervisor.start(workload, signal)]);
    const endpoints = supervisor.endpoints(workload);
    expect(await supervisor.start(workload, signal)).toMatchObject({ ok: true });
    expect(supervisor.endpoints(workload)).toEqual(endpoints);
  });

  it('an instance that exits at once fails the start with its last lines', async () => {
    const workload = await bench.release({}, `console.log('reading'); console.error('no licence'); process.exit(3);`);
    const { ok, reason } = await bench.supervisor().start(workload, signal);
    expect(ok).toBe(false);
    expect(reason).toContain('exited with code 3');
    expect(reason).toContain('  | reading\n  | no licence');
  });

  it('shows the lines of this start only', async () => {
    const workload = await bench.release({}, `console.log('no licence'); process.exit(1);`);
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    const { reason } = await supervisor.start(workload, signal);
    expect(reason.match(/no licence/g)).toHaveLength(1);
  });

  it('shows no more than the last ten lines', async () => {
    const workload = await bench.release({}, `for (let i = 1; i <= 12; i++) console.log('line', i); process.exit(1);`);
    const { reason } = await bench.supervisor().start(workload, signal);
    expect(reason.match(/line \d+/g)).toEqual(Array.from({ length: 10 }, (_, i) => `line ${i + 3}`));
  });

  it('one instance that exits fails the start, and the others are ended', async () => {
    const script = `
      if (process.env.SLUICE_INSTANCE.endsWith('-2')) setTimeout(() => process.exit(1), 100);
      else require('node:http').createServer((_, r) => r.end()).listen(process.env.PORT, '127.0.0.1');`;
    const workload = await bench.release({ instances: 2 }, script);
    const supervisor = bench.supervisor();
    expect(await supervisor.start(workload, signal)).toMatchObject({ ok: false });
    expect(supervisor.endpoints(workload)).toEqual([]);
    expect((await supervisor.usage(workload)).instances).toEqual([]);
    expect(JSON.parse(await bench.saved())).toEqual({ version: 1, workloads: [] });
  });

  it('tells by which signal an instance ended', async () => {
    const workload = await bench.release({}, `process.kill(process.pid, 'SIGKILL');`);
    const { reason } = await bench.supervisor().start(workload, signal);
    expect(reason).toContain('killed by SIGKILL');
    expect(reason).toContain('(it wrote nothing)');
  });

  it('an instance that does not become healthy in time fails the start with the last answer', async () => {
    const health = { path: '/healthz', interval: 20, timeout: 1000, startTimeout: 400 };
    const workload = await bench.release({ health });
    await bench.sicken(workload);
    const supervisor = bench.supervisor();
    const { ok, reason } = await supervisor.start(workload, signal);
    expect(ok).toBe(false);
    expect(reason).toContain('did not become healthy at /healthz within 400ms');
    expect((await supervisor.usage(workload)).instances).toEqual([]);
  });

  it.each([['no-such-program'], ['./no-such-file'], ['service.js']])(
    'a command that can not be run (%s) fails the start',
    async (program) => {
      const workload = await bench.release({ command: [program] });
      expect(await bench.supervisor().start(workload, signal)).toEqual({
        ok: false,
        reason: `The command "${program}" (runtime.command) does not exist.`,
      });
    },
  );

  it('a script whose interpreter is not there fails the start', async () => {
    const workload = await bench.release({ command: ['./service.js'] }, '#!/no/such/interpreter\n');
    await chmod(join(bench.folderOf(workload), 'service.js'), 0o755);
    const { reason } = await bench.supervisor().start(workload, signal);
    expect(reason).toBe('The command "./service.js" (runtime.command) does not exist.');
  });

  it('a release that is not there fails the start', async () => {
    const workload = await bench.release();
    const answer = await bench.supervisor().start({ ...workload, release: 'f00' }, signal);
    expect(answer).toEqual({
      ok: false,
      reason: 'the environment, not the release (RELEASE_UNKNOWN): There is no release "f00" on this machine.',
      cause: 'world',
    });
  });

  it('gives an instance that found its port taken another one', async () => {
    const script = counted(`
      const { readFileSync } = require('node:fs');
      const first = readFileSync('starts', 'utf8').trim() === process.env.PORT;
      if (first) throw Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });
      require('node:http').createServer((_, r) => r.end()).listen(process.env.PORT, '127.0.0.1');`);
    const workload = await bench.release({}, script);
    expect(await bench.supervisor().start(workload, signal)).toMatchObject({ ok: true });
    expect(new Set(await startsOf(bench.folderOf(workload))).size).toBe(2);
  });

  it('does not look for a free port for ever', async () => {
    const workload = await bench.release({}, counted(`throw new Error('listen EADDRINUSE');`));
    const { reason } = await bench.supervisor().start(workload, signal);
    expect(reason).toContain('EADDRINUSE');
    expect(await startsOf(bench.folderOf(workload))).toHaveLength(2);
  });

  it('an aborted start rejects with the reason, goes on by itself, and a start again attaches to it', async () => {
    const workload = await bench.release();
    await bench.sicken(workload);
    const supervisor = bench.supervisor();
    const controller = new AbortController();
    const start = supervisor.start(workload, controller.signal);
    await eventually(async () => expect((await supervisor.usage(workload)).instances).toHaveLength(1));
    controller.abort(new Error('the driver was stopped'));
    await expect(start).rejects.toThrow('the driver was stopped');

    const [before] = (await supervisor.usage(workload)).instances;
    await bench.heal(workload);
    expect(await supervisor.start(workload, signal)).toMatchObject({ ok: true });
    const [after] = (await supervisor.usage(workload)).instances;
    expect(after?.pid).toBe(before?.pid);
  });

  it('a stop ends a start that is under way', async () => {
    const workload = await bench.release();
    await bench.sicken(workload);
    const supervisor = bench.supervisor();
    const start = supervisor.start(workload, signal);
    await eventually(async () => expect((await supervisor.usage(workload)).instances).toHaveLength(1));
    await supervisor.stop(workload, signal);
    expect(await start).toEqual({ ok: false, reason: 'it was stopped meanwhile' });
    expect((await supervisor.usage(workload)).instances).toEqual([]);
  });
});

describe('proving', () => {
  it('takes a whole release that does not run', async () => {
    const workload = await bench.release();
    expect(await bench.supervisor().prove(workload, signal)).toMatchObject({ ok: true });
  });

  it('takes a whole release whose instances are healthy', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    expect(await supervisor.prove(workload, signal)).toEqual({ ok: true, reason: '1 of 1 instances healthy' });
  });

  it('refuses a release whose files are not whole', async () => {
    const workload = await bench.release();
    bench.lose(workload);
    expect(await bench.supervisor().prove(workload, signal)).toEqual({ ok: false, reason: 'its files are gone' });
  });

  it('refuses a release with an instance that is not healthy', async () => {
    const workload = await bench.release({ instances: 2 });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    await bench.sicken(workload, 'release1-2');
    await eventually(() => expect(supervisor.endpoints(workload)).toHaveLength(1));
    expect(await supervisor.prove(workload, signal)).toEqual({
      ok: false,
      reason: '1 of 2 instances healthy: release1-2: HTTP 503',
    });
  });
});
