import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeReceipt } from '@sluice/core';
import { git, scratchRepository } from '../testing/repository';
import { aContext, aStageRun } from '../testing/stage-run';
import { removeWorkspaces } from '../testing/workspace';
import { performance } from './performance';

afterAll(removeWorkspaces);

const load = makeReceipt(
  {
    ...{ stage: 'load', project: 'app', subject: { content: 'sha256:1', tools: {} }, verdict: 'pass', reasons: [] },
    ...{ figures: { p95Ms: 180, p99Ms: 300, errorRate: 0, rate: 100 }, checks: [], produced: {} },
  },
  { startedAt: 0, durationMs: 1 },
);

/** What comes of the figures above beside these committed documents, others that only lie there, and configured targets. */
async function judged(committed: Record<string, string>, lying: Record<string, string> = {}, targets: object = {}) {
  const settings = {
    runtime: { command: ['node', 'main.js'] },
    environments: { staging: { port: 4301 }, production: { port: 4300 } },
    performance: targets,
  };
  const root = scratchRepository({ 'app/sluice.json': settings, '.gitignore': '.taskmaster\n', ...committed });
  const { run, said } = await aStageRun(root, settings, aContext(root, 'deploy-performance'));
  git(root, 'worktree', 'add', '--quiet', '--detach', run.worktree);
  for (const [path, text] of Object.entries(lying)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const evidence = run.evidence && { ...run.evidence, receipts: { load } };
  return { ...(await performance({ ...run, evidence })), said };
}

describe('the performance stage', () => {
  it('blocks where the release is slower than its requirements say', async () => {
    const { verdict, reasons, said } = await judged({ 'docs/PRD.md': '# App\n\n- p95 < 150 ms\n- p99 < 1 s\n' });

    expect(verdict).toBe('fail');
    expect(reasons).toEqual(['performance: latency p95 is 180.0 ms, it must be at most 150.0 ms']);
    expect(said).toEqual([
      'docs/PRD.md:3 latency p95 at most 150.0 ms: "p95 < 150 ms"',
      'docs/PRD.md:4 latency p99 at most 1000.0 ms: "p99 < 1 s"',
    ]);
  });

  it('passes where it is as quick as they say', async () => {
    expect(await judged({ 'docs/PRD.md': 'p95 < 200 ms' })).toMatchObject({ verdict: 'pass' });
  });

  it('warns of a sentence that is not plain, and compares what is', async () => {
    const { verdict, reasons } = await judged({ 'PRD.md': 'p95 < 200 ms.\n\nLatency below 1 s.' });

    expect(verdict).toBe('warn');
    expect(reasons.join()).toContain('PRD.md:3 is not clear');
  });

  it('takes the document of the project before that of the workspace, and sluice.json before both', async () => {
    const both = { 'app/PRD.md': 'p95 < 200 ms', 'PRD.md': 'p95 < 1 ms' };

    expect(await judged(both)).toMatchObject({ verdict: 'pass' });
    expect(await judged(both, {}, { p95: '100ms' })).toMatchObject({ verdict: 'fail' });
  });

  it('goes by no document that is not committed, and says so', async () => {
    const { verdict, said } = await judged({}, { '.taskmaster/docs/prd.md': 'p95 < 1 ms' }, { p95: '1s' });

    expect(verdict).toBe('pass');
    expect(said).toContain('.taskmaster/docs/prd.md is not committed, so it is not read');
  });

  describe('with a command of the project', () => {
    const check = (limit: number) => ({
      'app/check.mjs': `
        import { readFileSync } from 'node:fs';
        const { p95Ms } = JSON.parse(readFileSync(process.env.SLUICE_FIGURES, 'utf8'));
        console.log('p95', p95Ms);
        process.exit(p95Ms > ${limit} ? 1 : 0);
      `,
    });
    const command = ['node', 'check.mjs'];

    it('takes its word, where nothing else is stated', async () => {
      expect(await judged(check(200), {}, { command })).toMatchObject({
        verdict: 'pass',
        reasons: ['command: "node check.mjs" passed', 'prd: no requirements document is committed'],
      });
    });

    it('blocks where it does not pass, or where a stated target is missed all the same', async () => {
      expect(await judged(check(100), {}, { command })).toMatchObject({
        verdict: 'fail',
        reasons: ['command: "node check.mjs" ended with exit code 1'],
      });
      expect(await judged(check(200), {}, { command, p95: '150ms' })).toMatchObject({
        verdict: 'fail',
        reasons: ['performance: latency p95 is 180.0 ms, it must be at most 150.0 ms'],
      });
    });
  });

  it('warns where nobody states anything', async () => {
    expect(await judged({})).toMatchObject({ verdict: 'warn' });
  });
});
