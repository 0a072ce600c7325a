import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workload } from '@sluice/core';
import { ask, createBench, eventually, signal, type Bench } from './testing';

jest.setTimeout(60_000); // real processes, on a machine that may be busy

let bench: Bench;
beforeEach(async () => (bench = await createBench()));
afterEach(() => bench.clear());

const freshOf = (workload: Workload): Workload => ({ ...workload, slot: 'baseline' });

describe('a fresh baseline of a release that runs', () => {
  it('has processes, addresses, names and logs of its own', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    await supervisor.start(freshOf(workload), signal);
    const [[stable], [fresh]] = [supervisor.endpoints(workload), supervisor.endpoints(freshOf(workload))];
    expect([stable?.id, fresh?.id]).toEqual([`${workload.release}-1`, `${workload.release}-baseline-1`]);
    expect(fresh?.port).not.toBe(stable?.port);
    await ask(fresh?.port, '/say/fresh');
    await ask(stable?.port, '/say/stable');
    await eventually(async () => {
      expect(await supervisor.logLines(workload)).toEqual(['listening', 'stable']);
      expect(await supervisor.logLines(freshOf(workload))).toEqual(['listening', 'fresh']);
    });
    expect(supervisor.workloadsOf(workload.project, workload.environment)).toEqual([workload, freshOf(workload)]);
  });

  it('runs no hook: its release has had its own, and lives on when it is stopped', async () => {
    const hook = (name: string) => ({
      command: ['node', '-e', `require('node:fs').appendFileSync('ran', '${name} ')`],
      timeout: 20_000,
    });
    const workload = await bench.release({ beforeStart: hook('before'), afterStop: hook('after') });
    const ran = async () => {
      const file = join(bench.folderOf(workload), 'ran');
      return existsSync(file) ? readFile(file, 'utf8') : '';
    };
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    await supervisor.start(freshOf(workload), signal);
    await supervisor.stop(freshOf(workload), signal);
    expect(await ran()).toBe('before ');
    await supervisor.stop(workload, signal);
    expect(await ran()).toBe('before after ');
  });

  it('is adopted as what it is, started again when it ends, and stopped alone', async () => {
    const workload = await bench.release({ instances: 2 });
    const first = bench.supervisor();
    await first.start(workload, signal);
    await first.start(freshOf(workload), signal, 1);
    const stable = (await first.usage(workload)).instances.map(({ pid }) => pid);
    await first.shutdown();

    const second = bench.supervisor();
    await second.adopt();
    const [before] = second.endpoints(freshOf(workload));
    await ask(before?.port, '/crash').catch(() => undefined);
    await eventually(async () =>
      expect(await second.health(freshOf(workload), signal)).toMatchObject({ healthy: 1, wanted: 1, restarts: 1 }),
    );
    expect(await second.health(workload, signal)).toMatchObject({ healthy: 2, restarts: 0 });
    await second.stop(freshOf(workload), signal);
    expect(second.endpoints(freshOf(workload))).toEqual([]);
    expect((await second.usage(workload)).instances.map(({ pid }) => pid)).toEqual(stable);
    expect(stable.every(bench.runs)).toBe(true);
  });

  it('leaves logs that stay as long as its release does', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor();
    await supervisor.start(freshOf(workload), signal);
    await supervisor.stop(freshOf(workload), signal);
    await supervisor.prune(workload.project);
    expect(await supervisor.logLines(freshOf(workload))).toEqual(['listening']);
    bench.lose(workload);
    await supervisor.prune(workload.project);
    expect(await supervisor.logLines(freshOf(workload))).toEqual([]);
  });
});
