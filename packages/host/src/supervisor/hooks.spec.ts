import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workload } from '@sluice/core';
import { createBench, eventually, signal, type Bench } from './testing';

jest.setTimeout(60_000); // real processes, on a machine that may be busy

let bench: Bench;
beforeEach(async () => (bench = await createBench()));
afterEach(() => bench.clear());

/** A hook that writes its name into a file of the release's folder, then does the rest. */
const hook = (name: string, rest = '', timeout = 20_000) => ({
  command: ['node', '-e', `require('node:fs').appendFileSync('ran', '${name}\\n'); ${rest}`],
  timeout,
});
const stays = 'setTimeout(() => {}, 120_000);';

async function ranIn(workload: Workload): Promise<string[]> {
  const file = join(bench.folderOf(workload), 'ran');
  return existsSync(file) ? (await readFile(file, 'utf8')).trim().split('\n') : [];
}

describe('beforeStart', () => {
  it('is run once before the first instance, whatever restarts the release or the supervisor', async () => {
    const workload = await bench.release({ beforeStart: hook('before'), instances: 2 });
    const first = bench.supervisor();
    expect(await first.start(workload, signal)).toMatchObject({ ok: true });
    expect(await ranIn(workload)).toEqual(['before']);
    await first.stop(workload, signal);
    await first.shutdown();

    const second = bench.supervisor();
    await second.adopt();
    expect(await second.start(workload, signal)).toMatchObject({ ok: true });
    expect(await ranIn(workload)).toEqual(['before']);
  });

  it('is run in each environment', async () => {
    const workload = await bench.release({ beforeStart: hook('before') });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    await supervisor.start({ ...workload, environment: 'staging' }, signal);
    expect(await ranIn(workload)).toEqual(['before', 'before']);
  });

  it('has the environment of an instance without its address, and its output is in the log', async () => {
    const tell = 'console.log([process.env.A, process.env.SLUICE_RELEASE, process.env.PORT].join())';
    const workload = await bench.release({ env: { A: 'b' }, beforeStart: hook('before', tell) });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    expect(await supervisor.logLines(workload)).toEqual(['b,release1,', 'listening']);
  });

  it('that fails means that no instance starts, and it is run again by the next start', async () => {
    const workload = await bench.release({ beforeStart: hook('before', 'console.log("no table"); process.exit(3)') });
    const supervisor = bench.supervisor();
    expect(await supervisor.start(workload, signal)).toEqual({
      ok: false,
      reason:
        'the environment, not the release (HOOK_FAILED): runtime.beforeStart of release1 failed: it exited with code 3. Its last lines:\n  | no table',
      cause: 'world',
    });
    expect(await supervisor.logLines(workload)).toEqual(['no table']);
    await supervisor.start(workload, signal);
    expect(await ranIn(workload)).toEqual(['before', 'before']);
  });

  it('that takes too long is ended with all of its group', async () => {
    const rest = `const { pid } = require('node:child_process').spawn(process.execPath, ['-e', '${stays}']);
      require('node:fs').writeFileSync('child', String(pid)); ${stays}`;
    const workload = await bench.release({ beforeStart: hook('before', rest, 1000) });
    const { reason } = await bench.supervisor().start(workload, signal);
    expect(reason).toContain('it did not end within 1s');
    expect(bench.runs(await bench.childOf(workload))).toBe(false);
  });

  it.each([
    [
      'a program',
      { command: ['no-such-program'], timeout: 1000 },
      'The command "no-such-program" (runtime.beforeStart',
    ],
  ])('that names %s that is not there fails the start', async (_, beforeStart, problem) => {
    const workload = await bench.release({ beforeStart });
    const { ok, reason } = await bench.supervisor().start(workload, signal);
    expect([ok, reason]).toEqual([false, expect.stringContaining(problem)]);
  });

  it('is ended when the release is stopped meanwhile', async () => {
    const pidFile = 'require("node:fs").writeFileSync("child", String(process.pid));';
    const workload = await bench.release({ beforeStart: hook('before', pidFile + stays) });
    const supervisor = bench.supervisor();
    const start = supervisor.start(workload, signal);
    const pid = await eventually(() => bench.childOf(workload));
    await supervisor.stop(workload, signal);
    expect(await start).toEqual({ ok: false, reason: 'it was stopped meanwhile' });
    expect(bench.runs(pid)).toBe(false);
  });

  it('that a supervisor left behind is waited for by the next one, and run again, for nobody saw its end', async () => {
    const waits = `const wait = () => require('node:fs').existsSync('go') ? process.exit() : setTimeout(wait, 10); wait();`;
    const workload = await bench.release({ beforeStart: hook('before', waits) });
    const first = bench.supervisor();
    const start = first.start(workload, signal).catch(() => undefined);
    await eventually(async () => expect(await ranIn(workload)).toEqual(['before']));
    await first.shutdown();
    await start;

    const second = bench.supervisor();
    await second.adopt();
    const again = second.start(workload, signal);
    expect(await ranIn(workload)).toEqual(['before']);
    await writeFile(join(bench.folderOf(workload), 'go'), '');
    expect(await again).toMatchObject({ ok: true });
    expect(await ranIn(workload)).toEqual(['before', 'before']);
  });
});

describe('afterStop', () => {
  it('is run once the release was stopped for good, not when an instance is started again', async () => {
    const workload = await bench.release({ afterStop: hook('after') });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    const [{ pid } = { pid: 0 }] = (await supervisor.usage(workload)).instances;
    process.kill(-pid, 'SIGKILL');
    await eventually(async () => expect((await supervisor.health(workload, signal)).restarts).toBe(1));
    expect(await ranIn(workload)).toEqual([]);
    await supervisor.stop(workload, signal);
    await supervisor.stop(workload, signal);
    expect(await ranIn(workload)).toEqual(['after']);
  });

  it('is run by the next supervisor when the one before ended while it stopped the release', async () => {
    const workload = await bench.release({ afterStop: hook('after') });
    const first = bench.supervisor();
    await first.start(workload, signal);
    await first.shutdown();
    const saved = await bench.saved();
    await writeFile(join(bench.dir, 'instances.json'), saved.replace('"running"', '"stopping"'));
    await bench.supervisor().adopt();
    await eventually(async () => expect(await ranIn(workload)).toEqual(['after']));
  });

  it('that fails is told and changes nothing', async () => {
    const workload = await bench.release({ afterStop: hook('after', 'process.exit(1)') });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    await supervisor.stop(workload, signal);
    expect(bench.reports).toEqual(['afterStop of release1 of @scope/app in production']);
    expect(await supervisor.health(workload, signal)).toMatchObject({ reason: 'it was not started' });
  });

  it('is not run for a release that beforeStart kept from starting', async () => {
    const workload = await bench.release({
      beforeStart: hook('before', 'process.exit(1)'),
      afterStop: hook('after'),
    });
    await bench.supervisor().start(workload, signal);
    expect(await ranIn(workload)).toEqual(['before']);
  });
});

it('which hooks were run is forgotten with the release', async () => {
  const workload = await bench.release({ beforeStart: hook('before') });
  const supervisor = bench.supervisor();
  await supervisor.start(workload, signal);
  await supervisor.stop(workload, signal);
  const done = () => readFile(join(bench.dir, 'hooks.json'), 'utf8');
  await supervisor.prune(workload.project);
  expect(await done()).toContain('release1');
  bench.lose(workload);
  await supervisor.prune(workload.project);
  expect(await done()).not.toContain('release1');
});
