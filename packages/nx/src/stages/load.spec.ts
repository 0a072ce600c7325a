import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeReceipt, type Receipt } from '@sluice/core';
import { commandLogFile, loadRunFile, readLoadRun } from '@sluice/adapters/files';
import type { StageResult, StageRun } from '../stage/run-stage';
import { git, scratchRepository } from '../testing/repository';
import { aContext, aStageRun } from '../testing/stage-run';
import { removeWorkspaces } from '../testing/workspace';
import { load } from './load';
import { performance } from './performance';

jest.setTimeout(60_000); // real processes, on a machine that may be busy
afterAll(removeWorkspaces);

/** A service whose answers are given by a function body over `request` and `response`; `before` runs once. */
const service = (answer: string, before = '') => `
  setTimeout(() => process.exit(9), 120_000).unref();
  ${before}
  require('node:http').createServer((request, response) => {
    if (request.url === '/healthz') return response.end('ok');
    ${answer}
  }).listen(Number(process.env.PORT), process.env.HOST);
`;
const good = service('response.end("fine")');

interface Fixture {
  program?: string;
  /** Of `sluice.json`. */
  settings?: object;
  /** Committed files. */
  files?: Record<string, string>;
}

/** A second of load at 200 requests a second, and what a fixture asks for. */
const short = { warmup: '300ms', duration: '1s', connections: 4, rate: 200 };

async function aRun({
  program = good,
  settings = {},
  files = {},
}: Fixture): Promise<{ run: StageRun; said: string[] }> {
  const all = {
    runtime: { command: ['node', 'main.js'], drain: '1s', health: { interval: '100ms' } },
    environments: { staging: { port: 4301 }, production: { port: 4300 } },
    load: short,
    ...settings,
  };
  const root = scratchRepository({ 'app/sluice.json': all, ...files });
  const made = await aStageRun(root, all, aContext(root, 'deploy-load'), program);
  git(root, 'worktree', 'add', '--quiet', '--detach', made.run.worktree);
  return made;
}

async function judged(fixture: Fixture): Promise<StageResult & { run: StageRun; url: string }> {
  const { run, said } = await aRun(fixture);
  const result = await load(run);
  const url = /http:\S+/.exec(said.join(' '))?.[0] ?? '';
  return { ...result, run, url };
}

/** The load stage, then the performance stage on its figures. */
async function compared(fixture: Fixture): Promise<StageResult> {
  const { run, verdict, reasons, figures = {}, produced = {} } = await judged(fixture);
  const receipt: Receipt = makeReceipt(
    {
      ...{ stage: 'load', project: 'app', subject: { content: 'sha256:1', tools: {} }, verdict, reasons, figures },
      ...{ checks: [], produced },
    },
    { startedAt: 0, durationMs: 1 },
  );
  return performance({ ...run, evidence: run.evidence && { ...run.evidence, receipts: { load: receipt } } });
}

describe('the load stage', () => {
  it('passes a service that keeps up, with what it used and its measurements by interval, and leaves nothing running', async () => {
    const { verdict, reasons, figures = {}, produced, url, run } = await judged({});

    expect({ verdict, reasons }).toEqual({ verdict: 'pass', reasons: [expect.stringContaining('requests in 1s')] });
    expect(figures['cpuPercent']).toBeGreaterThanOrEqual(0);
    expect(figures['memoryMaxBytes']).toBeGreaterThan(10 * 1024 ** 2);
    expect(produced).toEqual({ run: expect.stringMatching(/^[\da-f]{64}$/) as unknown });
    expect((await readLoadRun(loadRunFile(run.checkout, 'app')))?.intervals).toHaveLength(20);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  describe('of a service that leaks memory', () => {
    const keep = (at: string) =>
      service(
        `(kept[${at}] ??= Buffer.alloc(2 ** 18)).fill(1); response.end('fine');`,
        `
      const kept = [];
      let count = 0;
    `,
      );
    const settings = { load: { ...short, duration: '2s', maxMemoryGrowth: '16MB' } };

    it('blocks, and says by how much it grew', async () => {
      const { verdict, reasons } = await judged({ program: keep('count++'), settings });

      expect({ verdict, reasons }).toEqual({
        verdict: 'fail',
        reasons: [expect.stringMatching(/^load: memory growth is \d+(\.\d)?MB, it must be at most 16MB$/)],
      });
    });

    it('passes its repaired twin, which keeps the last forty', async () => {
      expect(await judged({ program: keep('count++ % 40'), settings })).toMatchObject({ verdict: 'pass' });
    });
  });

  describe('of a service that fails under 50 connections', () => {
    const withPool = (size: number) =>
      service(
        `if (busy >= ${size}) { response.statusCode = 503; return response.end(); }
         busy += 1;
         setTimeout(() => { busy -= 1; response.end('fine'); }, 40);`,
        'let busy = 0;',
      );
    const settings = { load: { ...short, rate: undefined, connections: 50 } };

    it('blocks', async () => {
      const { verdict, reasons } = await judged({ program: withPool(20), settings });

      expect(verdict).toBe('fail');
      expect(reasons).toEqual([expect.stringMatching(/^load: error rate is \d+\.\d\d %, it must be at most 1\.00 %$/)]);
    });

    it('passes it under 10, and its repaired twin under 50', async () => {
      const few = { load: { ...settings.load, connections: 10 } };

      expect(await judged({ program: withPool(20), settings: few })).toMatchObject({ verdict: 'pass' });
      expect(await judged({ program: withPool(50), settings })).toMatchObject({ verdict: 'pass' });
    });
  });

  describe('and the performance stage, of a service that is slower than its requirements say', () => {
    const after = (ms: number) => service(`setTimeout(() => response.end('fine'), ${ms});`);
    const files = { 'docs/PRD.md': '# Shop\n\nThe 95th percentile is below 200 milliseconds.\n' };

    it('blocks', async () => {
      const { verdict, reasons } = await compared({ program: after(250), files });

      expect(verdict).toBe('fail');
      expect(reasons).toEqual([
        expect.stringMatching(/^performance: latency p95 is \d+\.\d ms, it must be at most 200\.0 ms$/),
      ]);
    });

    it('passes its repaired twin', async () => {
      const settings = { load: { ...short, rate: 20 } };

      expect(await compared({ program: after(5), files, settings })).toMatchObject({ verdict: 'pass' });
    });
  });

  it('blocks a service that crashes under load', async () => {
    const { verdict, reasons } = await judged({
      program: service('if (++count === 50) process.exit(1); response.end("fine");', 'let count = -50;'),
    });

    expect(verdict).toBe('fail');
    expect(reasons.join()).toContain('error rate');
  });
});

describe('the load stage with a command of the project', () => {
  const k6 = (failed: number) => ({
    metrics: {
      http_reqs: { count: 100, rate: 50 },
      http_req_failed: { passes: failed, fails: 100 - failed },
      http_req_duration: { med: 3, 'p(95)': 80, 'p(99)': 120 },
    },
  });
  /** A stand-in for a load generator: sends a request, then what a test asks for. */
  const script = (text: string) =>
    `import { writeFileSync } from 'node:fs';
     const answer = await fetch(process.env.SLUICE_URL);
     console.log(process.env.SLUICE_PROJECT, process.env.SLUICE_STAGE, await answer.text());
     const write = (text) => writeFileSync(process.env.SLUICE_RESULTS, text);
     ${text}`;
  const withScript = (text: string, settings: object = {}): Fixture => ({
    settings: { load: { ...short, command: ['node', 'load.mjs'], results: { tool: 'k6' }, ...settings } },
    files: { 'app/load.mjs': script(text) },
  });
  const writes = (failed: number) => `write('${JSON.stringify(k6(failed))}');`;

  it('passes on the figures that it wrote, and keeps what it printed', async () => {
    const { verdict, reasons, figures, produced, run } = await judged(
      withScript(`${writes(0)} await new Promise((done) => setTimeout(done, 500));`),
    );

    expect({ verdict, reasons }).toEqual({
      verdict: 'pass',
      reasons: [expect.stringMatching(/^load: "node load.mjs" passed with 100 requests: error rate is 0\.00 %/)],
    });
    expect(figures).toMatchObject({ requests: 100, errorRate: 0, rate: 50, p50Ms: 3, p95Ms: 80, p99Ms: 120 });
    expect(figures).toHaveProperty('memoryMaxBytes');
    expect(produced).toEqual({});
    expect(existsSync(loadRunFile(run.checkout, 'app'))).toBe(false);
    expect(readFileSync(commandLogFile(run.checkout, 'app', 'load'), 'utf8')).toBe('app load fine\n');
  });

  it('judges one without results by its exit code, however soon it ends', async () => {
    const settings = { load: { warmup: '0s', command: './ok.sh' } };
    const { run } = await aRun({ settings, files: { 'app/ok.sh': '#!/bin/sh\n' } });
    chmodSync(join(run.worktree, 'app/ok.sh'), 0o755);

    expect(await load(run)).toMatchObject({
      verdict: 'pass',
      reasons: [expect.stringContaining('"./ok.sh" passed; load.results names no figures') as unknown],
    });
  });

  const none = expect.anything() as unknown;
  it.each<[string, string, object, string]>([
    ['exits 0 with bad figures', writes(40), {}, 'load: error rate is 40.00 %, it must be at most 1.00 %'],
    ['exits 0 with a latency that is too high', writes(0), { maxP99: '100ms' }, 'latency p99 is 120.0 ms, it must'],
    ['exits 0 and writes nothing', '', {}, 'it wrote no results'],
    ['exits 0 and writes rubbish', 'write("all is well")', {}, 'is no summary of k6 that can be read'],
    ['exits 0 without a request', writes(0).replaceAll('100', '0'), {}, 'holds no request'],
    [
      'exits 99, as k6 does when a threshold is crossed',
      `${writes(0)} process.exit(99);`,
      {},
      'ended with exit code 99',
    ],
    ['is killed', `${writes(0)} process.kill(process.pid, 'SIGKILL');`, {}, 'ended with signal SIGKILL'],
    ['hangs', `${writes(0)} setInterval(() => {}, 1000);`, { timeout: '2s' }, 'gave no result within 2s'],
    [
      'states no latency that is asked for',
      writes(0),
      { maxP95: '1s', results: undefined },
      'latency p95 was not measured',
    ],
  ])('blocks where it %s', async (_, text, settings, reason) => {
    const { verdict, reasons, url } = await judged(withScript(text, settings));

    expect({ verdict, reasons }).toEqual({ verdict: 'fail', reasons: none });
    expect(reasons.join()).toContain(reason);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('blocks where there is no such command', async () => {
    const { verdict, reasons } = await judged({ settings: { load: { ...short, command: './gone.sh' } } });

    expect({ verdict, reasons }).toEqual({
      verdict: 'fail',
      reasons: ['load: the command "./gone.sh" (load.command) does not exist'],
    });
  });

  it('refuses one that its result is not cached by', async () => {
    const { run } = await aRun({
      settings: { load: { ...short, command: '../hooks/load.sh' } },
      files: { 'hooks/load.sh': 'exit 0' },
    });

    await expect(load(run)).rejects.toMatchObject({
      code: 'COMMAND_UNSEEN',
      message: expect.stringContaining('load.command runs hooks/load.sh') as unknown,
    });
  });
});
