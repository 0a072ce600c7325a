import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ask, createBench, eventually, signal, type Bench } from './testing';

jest.setTimeout(60_000); // real processes, on a machine that may be busy

let bench: Bench;
beforeEach(async () => (bench = await createBench()));
afterEach(() => bench.clear());

const secret = 'correct horse battery staple';

async function put(name: string, content: string): Promise<string> {
  const file = join(dirname(bench.dir), name);
  await writeFile(file, content);
  return file;
}

describe('the secrets of a release', () => {
  it('are read when an instance starts, and win over its settings', async () => {
    const envFile = await put('app.env', 'A=from the file\nB=from the file\n');
    const secrets = { B: await put('b', `${secret}\n`) };
    const workload = await bench.release({ env: { A: 'a', B: 'b', C: 'c' }, envFile, secrets });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    const env = async () => JSON.parse(await ask(supervisor.endpoints(workload)[0]?.port, '/env')) as unknown;
    expect(await env()).toMatchObject({ A: 'from the file', B: secret, C: 'c' });

    await put('b', 'changed');
    await ask(supervisor.endpoints(workload)[0]?.port, '/crash').catch(() => undefined);
    await eventually(async () => expect(await env()).toMatchObject({ B: 'changed' }));
  });

  it('are in no state, and hidden in what is told of the log', async () => {
    const secrets = { TOKEN: await put('token', secret) };
    const workload = await bench.release({ secrets }, `console.log('token:', process.env.TOKEN); process.exit(1);`);
    const supervisor = bench.supervisor();
    const { reason } = await supervisor.start(workload, signal);
    expect(reason).toContain('  | token: ***');
    const [line = ''] = await supervisor.logLines(workload);
    expect((await supervisor.maskOf(workload))(line)).toBe('token: ***');
    expect(await bench.saved()).not.toContain(secret);
  });

  it('that are missing fail the start, and the proof that a release is a way back', async () => {
    const workload = await bench.release({ secrets: { TOKEN: '/no/such/file' } });
    const supervisor = bench.supervisor();
    const reason = `environments.production.secrets.TOKEN can't be taken from /no/such/file: there is no such file.`;
    expect(await supervisor.start(workload, signal)).toEqual({
      ok: false,
      reason: `the environment, not the release (SECRET_UNREADABLE): ${reason}`,
      cause: 'world',
    });
    expect(await supervisor.prove(workload, signal)).toEqual({ ok: false, reason });
  });

  it('that go missing before more instances start are not held against the release', async () => {
    const file = await put('token', secret);
    const health = { path: '/healthz', interval: 20, timeout: 1000, startTimeout: 1000 };
    const workload = await bench.release({ instances: 2, secrets: { TOKEN: file }, health });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal, 1);
    await rename(file, `${file}.away`);
    expect(await supervisor.start(workload, signal)).toMatchObject({ ok: false, cause: 'world' });
    await rename(`${file}.away`, file);
    await eventually(() => expect(supervisor.endpoints(workload)).toHaveLength(2));
  });

  it('that go missing delay a restart', async () => {
    const file = await put('token', secret);
    const workload = await bench.release({ secrets: { TOKEN: file } });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    await rename(file, `${file}.away`);
    await ask(supervisor.endpoints(workload)[0]?.port, '/crash').catch(() => undefined);
    await eventually(async () => expect((await supervisor.health(workload, signal)).reason).toContain(file));
    await rename(`${file}.away`, file);
    await eventually(() => expect(supervisor.endpoints(workload)).toHaveLength(1));
  });
});

describe('the working directory of a release', () => {
  it('is a folder inside of it', async () => {
    const workload = await bench.release({ cwd: 'server', command: ['node', '../service.js'] });
    await mkdir(join(bench.folderOf(workload), 'server'));
    expect(await bench.supervisor().start(workload, signal)).toMatchObject({ ok: true });
  });

  it.each(['server', '..'])('fails the start where the release has no such folder: %s', async (cwd) => {
    const workload = await bench.release({ cwd });
    expect(await bench.supervisor().start(workload, signal)).toEqual({
      ok: false,
      reason: `The release has no folder "${cwd}" (runtime.cwd).`,
    });
  });
});

const asRoot = process.getuid?.() === 0 ? it : it.skip;

describe('the user of a release', () => {
  asRoot('is who its processes run as, and the log stays ours; its instances are adopted like others', async () => {
    await chmod(dirname(bench.dir), 0o711);
    const tell = 'console.log(process.getuid(), process.env.USER, process.env.HOME)';
    const beforeStart = { command: ['node', '-e', tell], timeout: 10_000 };
    const workload = await bench.release({ user: 'nobody', beforeStart });
    const first = bench.supervisor();
    expect(await first.start(workload, signal)).toMatchObject({ ok: true });
    expect(await first.logLines(workload)).toEqual([expect.stringMatching(/^[1-9]\d* nobody undefined$/), 'listening']);
    const [{ pid } = { pid: 0 }] = (await first.usage(workload)).instances;
    expect((await stat(`/proc/${pid}`)).uid).not.toBe(0);
    await first.shutdown();

    const second = bench.supervisor();
    await second.adopt();
    expect((await second.usage(workload)).instances).toMatchObject([{ pid, healthy: true }]);
    await second.stop(workload, signal);
    expect(bench.runs(pid)).toBe(false);
  });

  asRoot('that may not run the command fails the start', async () => {
    await chmod(dirname(bench.dir), 0o711);
    const workload = await bench.release({ user: 'nobody', command: ['./service.js'] }, '#!/usr/bin/env node\n');
    await chmod(join(bench.folderOf(workload), 'service.js'), 0o700);
    expect(await bench.supervisor().start(workload, signal)).toEqual({
      ok: false,
      reason:
        'the environment, not the release (USER_UNAVAILABLE): Nothing can be run as "nobody" (runtime.user): it may not run "./service.js".',
      cause: 'world',
    });
  });
});

describe('the memory of a release', () => {
  it('that is above its limit has the instance restarted, which is counted and told', async () => {
    const workload = await bench.release({ memory: 1024 * 1024 });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    await eventually(async () =>
      expect((await supervisor.health(workload, signal)).restarts).toBeGreaterThanOrEqual(2),
    );
    expect(bench.reports[0]).toMatch(/^instance release1-1 of @scope\/app in production, which is started again/);
    expect(await readFile(join(bench.dir, 'instances.json'), 'utf8')).toContain('"memory": 1048576');
  });
});
