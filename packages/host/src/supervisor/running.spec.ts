import { existsSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { logPath } from './log-file';
import { ask, clock, createBench, eventually, signal, type Bench } from './testing';

jest.setTimeout(60_000); // real processes, on a machine that may be busy

let bench: Bench;
beforeEach(async () => (bench = await createBench()));
afterEach(() => bench.clear());

const crash = (port: number | undefined) => ask(port, '/crash').catch(() => undefined);

describe('a running instance', () => {
  it('is restarted when it crashed, at another port, and the restart is counted', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    const [before] = supervisor.endpoints(workload);
    await crash(before?.port);
    await eventually(async () =>
      expect(await supervisor.health(workload, signal)).toMatchObject({ restarts: 1, healthy: 1 }),
    );

    const [after] = supervisor.endpoints(workload);
    expect(after?.id).toBe(before?.id);
    expect(await ask(after?.port, '/say/back')).toBe('fine');
    expect((await supervisor.usage(workload)).instances).toMatchObject([{ restarts: 1, healthy: true }]);
    expect(bench.changes.length).toBeGreaterThanOrEqual(3); // there, gone, there again
  });

  it('that crashes is out of the endpoints, and its health says why', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor({ backoff: { first: 60_000, longest: 60_000 } });
    await supervisor.start(workload, signal);
    await crash(supervisor.endpoints(workload)[0]?.port);
    await eventually(() => expect(supervisor.endpoints(workload)).toEqual([]));
    expect(await supervisor.health(workload, signal)).toMatchObject({
      healthy: 0,
      wanted: 1,
      reason: 'exited with code 1',
    });
  });

  it('that crashed is healthy again, and its health still has the last lines that it wrote before', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    const port = supervisor.endpoints(workload)[0]?.port;
    await ask(port, '/say/no-memory');
    await crash(port);
    await eventually(async () =>
      expect(await supervisor.health(workload, signal)).toEqual({
        ...{ name: 'release1', healthy: 1, wanted: 1, restarts: 1, reason: null },
        crash: { how: 'exited with code 1', lines: ['listening', 'no-memory'] },
      }),
    );
  });

  it('that keeps crashing is restarted again and again', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    await bench.replace(workload, 'process.exit(7);');
    await crash(supervisor.endpoints(workload)[0]?.port);
    const health = await eventually(async () => {
      const found = await supervisor.health(workload, signal);
      expect(found.restarts).toBeGreaterThanOrEqual(3);
      expect(found.reason).toMatch(/^exited with code 7, restarted \d+ times$/);
      return found;
    });
    expect(health).toMatchObject({ healthy: 0, wanted: 1 });
  });

  it('that was healthy for long enough starts again with the shortest wait', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor({ backoff: { first: 200, longest: 3_600_000 }, steadyAfter: 0 });
    await supervisor.start(workload, signal);
    // without that, the wait before the last restart would be longer than `eventually` waits
    for (let restarts = 1; restarts <= 7; restarts += 1) {
      await crash(supervisor.endpoints(workload)[0]?.port);
      await eventually(async () =>
        expect(await supervisor.health(workload, signal)).toMatchObject({ restarts, healthy: 1 }),
      );
    }
  });

  it('that is unhealthy is taken out of the endpoints, and back when it is well', async () => {
    const workload = await bench.release({ instances: 2 });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    const [one, two] = supervisor.endpoints(workload);
    await bench.sicken(workload, 'release1-1');
    await eventually(() => expect(supervisor.endpoints(workload)).toEqual([two]));
    expect(await supervisor.health(workload, signal)).toMatchObject({
      healthy: 1,
      wanted: 2,
      restarts: 0,
      reason: 'release1-1: HTTP 503',
    });
    await bench.heal(workload, 'release1-1');
    await eventually(() => expect(supervisor.endpoints(workload)).toEqual([one, two]));
  });

  it('that stays unhealthy is restarted', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor({ unhealthyFor: 100 });
    await supervisor.start(workload, signal);
    const [before] = (await supervisor.usage(workload)).instances;
    await bench.sicken(workload);
    await eventually(async () => expect((await supervisor.health(workload, signal)).restarts).toBe(1));
    await bench.heal(workload);
    await eventually(() => expect(supervisor.endpoints(workload)).toHaveLength(1));
    const [after] = (await supervisor.usage(workload)).instances;
    expect(after?.pid).not.toBe(before?.pid);
  });

  it('leaves nothing of its process group behind when it crashes', async () => {
    const workload = await bench.release({ env: { CHILD: 'yes' } });
    const supervisor = bench.supervisor({ backoff: { first: 60_000, longest: 60_000 } });
    await supervisor.start(workload, signal);
    const child = await bench.childOf(workload);
    expect(bench.runs(child)).toBe(true);
    await crash(supervisor.endpoints(workload)[0]?.port);
    await eventually(() => expect(bench.runs(child)).toBe(false));
  });

  it('does not fail a start that comes again while it restarts', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    await crash(supervisor.endpoints(workload)[0]?.port);
    await eventually(() => expect(supervisor.endpoints(workload)).toEqual([]));
    expect(await supervisor.start(workload, signal)).toMatchObject({ ok: true });
  });

  it('is not ended by a start that comes again and fails', async () => {
    const health = { path: '/healthz', interval: 20, timeout: 1000, startTimeout: 2000 };
    const workload = await bench.release({ health });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    await bench.sicken(workload);
    await eventually(() => expect(supervisor.endpoints(workload)).toEqual([]));
    const answer = await supervisor.start(workload, signal);
    expect(answer).toEqual({ ok: false, reason: 'Only 0 of 1 instances healthy after 2s: HTTP 503' });
    await bench.heal(workload);
    await eventually(() => expect(supervisor.endpoints(workload)).toHaveLength(1));
  });
});

describe('a state file that can not be written', () => {
  it('fails a start, and nothing runs', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor();
    await bench.breakState();
    await expect(supervisor.start(workload, signal)).rejects.toThrow('EISDIR');
    expect((await supervisor.usage(workload)).instances).toEqual([]);
    await bench.mendState();
    expect(await supervisor.start(workload, signal)).toMatchObject({ ok: true });
  });

  it('does not stop what runs, and is written when it can be', async () => {
    const workload = await bench.release({ instances: 2 });
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    await bench.breakState();
    await bench.sicken(workload, 'release1-1');
    await eventually(() => expect(supervisor.endpoints(workload)).toHaveLength(1));
    expect(await bench.saved()).not.toContain('"healthy": false');
    await bench.mendState();
    await eventually(async () => expect(await bench.saved()).toContain('"healthy": false'));
    expect(await supervisor.health(workload, signal)).toMatchObject({ healthy: 1, restarts: 0 });
  });

  it('delays a restart until it can be written', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor();
    await supervisor.start(workload, signal);
    await bench.breakState();
    await crash(supervisor.endpoints(workload)[0]?.port);
    await eventually(async () => expect((await supervisor.health(workload, signal)).reason).toContain('EISDIR'));
    await bench.mendState();
    await eventually(() => expect(supervisor.endpoints(workload)).toHaveLength(1));
  });
});

it('a workload that was not started has no endpoints, no figures, and says so', async () => {
  const workload = await bench.release({ instances: 2 });
  const supervisor = bench.supervisor();
  expect(supervisor.endpoints(workload)).toEqual([]);
  expect(await supervisor.usage(workload)).toEqual({ instances: [], dbConnections: null });
  expect(await supervisor.logLines(workload)).toEqual([]);
  expect(await supervisor.health(workload, signal)).toMatchObject({
    healthy: 0,
    wanted: 2,
    reason: 'it was not started',
  });
});

describe('the log of a running instance', () => {
  it('is rotated when it is too long, and no line since a time is missed or told twice', async () => {
    const workload = await bench.release();
    const supervisor = bench.supervisor({ logSize: 200 });
    await supervisor.start(workload, signal);
    const [endpoint] = supervisor.endpoints(workload);
    const log = logPath(bench.dir, workload, 1);
    const before = clock.now();
    const lines: string[] = [];
    for (let number = 1; lines.length < 20; number += 1) {
      lines.push(`line-${number}-of-a-service-that-talks`);
      await ask(endpoint?.port, `/say/${lines.at(-1)}`);
    }
    await eventually(() => expect(existsSync(`${log}.1`)).toBe(true));
    expect(await supervisor.logLines(workload)).toEqual(['listening', ...lines]);
    expect((await supervisor.logLines(workload, { since: before })).slice(-lines.length)).toEqual(lines);
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('that takes nothing more, for the disk is full, stops no instance that can bear it', async () => {
    const quiet = `process.stdout.on('error', () => undefined); console.log('hello');
      require('node:http').createServer((_, r) => r.end()).listen(process.env.PORT, '127.0.0.1');`;
    const workload = await bench.release({}, quiet);
    const log = logPath(bench.dir, workload, 1);
    await mkdir(dirname(log), { recursive: true });
    await symlink('/dev/full', log);
    const supervisor = bench.supervisor();
    expect(await supervisor.start(workload, signal)).toMatchObject({ ok: true });
    expect(await supervisor.logLines(workload)).toEqual([]);
  });

  it('that can not be opened stops no instance', async () => {
    const workload = await bench.release();
    await mkdir(logPath(bench.dir, workload, 1), { recursive: true }); // a folder is in its place
    expect(await bench.supervisor().start(workload, signal)).toMatchObject({ ok: true });
  });
});
