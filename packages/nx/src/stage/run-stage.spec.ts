import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sluiceError, type CheckResult, type CompletionSignal } from '@sluice/core';
import {
  createDeploymentFiles,
  createRunRecords,
  receiptFile,
  reportFile,
  runFile,
  signalFile,
  stageReportFile,
  worktreePath,
  type RunRecord,
} from '@sluice/adapters/files';
import { readProcess } from '@sluice/adapters/processes';
import { git, scratchRepository } from '../testing/repository';
import { aContext } from '../testing/stage-run';
import { removeWorkspaces, scratchWorkspace } from '../testing/workspace';
import { findGround } from './ground';
import { runStage, type StageResult } from './run-stage';

const settings = {
  runtime: { command: ['node', 'main.js'] },
  environments: { staging: { port: 4001 }, production: { port: 4000 } },
};
const waiting = {
  ...{ environment: 'staging', project: 'app', standing: '5m left', after: null },
  command: 'nx run app:deploy-prod',
};

const refusal = { release: '1a2b', reason: 'errors', at: 0 };
const complete: CompletionSignal = {
  ...{ phase: 6, status: 'success', pipeline_complete: true, completed_at: '', release: '1a2b', duration_minutes: 1 },
  summary: { deployed_to: 'production', traffic: 100, health: 'green', rollbacks: 0 },
  audit: { head: null, count: 0 },
};

let root: string;
let worktree: string;
let errors: string;
beforeEach(() => {
  root = scratchRepository({ 'app/sluice.json': settings });
  worktree = worktreePath(root, { phase: 6, task: 1 });
  git(root, 'worktree', 'add', '--quiet', worktree, '-b', 'feature/phase-6-task-1');
  errors = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors += String(text);
    return true;
  });
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => jest.restoreAllMocks());
afterAll(removeWorkspaces);

const stage = (work: () => Promise<never>) => runStage('worktree', aContext(root, 'deploy-worktree'), work);
const hasReceipt = () => existsSync(receiptFile(root, 'app', 'worktree'));

describe('a stage that rejects', () => {
  it('fails, says what to do, leaves no receipt and writes the report of a failed deployment', async () => {
    const end = await stage(() => Promise.reject(sluiceError('NOT_A_REPOSITORY', { folder: root })));
    expect(end).toEqual({ success: false });
    expect(errors).toMatch(/NOT_A_REPOSITORY: .*\n {2}-> /);
    expect(hasReceipt()).toBe(false);
    expect(existsSync(reportFile(worktree))).toBe(true);
  });

  it('writes the error signal of it in both places, and takes an earlier completion away', async () => {
    const files = [root, worktree].map((checkout) => join(checkout, '.taskmaster/.signals/phase6-error.json'));
    await createDeploymentFiles(root).writeSignals(worktree, 'app', { complete, error: null, rollback: null });
    expect(existsSync(signalFile(root))).toBe(true);
    await stage(() => Promise.reject(sluiceError('RELEASE_REFUSED', { ...refusal, command: 'retry' })));
    for (const file of files) {
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
        ...{ phase: 6, status: 'error', stage: 'worktree' },
        error: { type: 'RELEASE_REFUSED', recovery_attempted: false, requires_human: true },
      });
    }
    expect([signalFile(root), signalFile(worktree)].map((file) => existsSync(file))).toEqual([false, false]);
  });

  it('signals its failure also before there is a worktree, without a report', async () => {
    git(root, 'worktree', 'remove', worktree);
    await stage(() => Promise.reject(sluiceError('TREE_DIRTY', { folder: root, files: ['a'] })));
    const file = join(root, '.taskmaster/.signals/phase6-error.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ error: { type: 'TREE_DIRTY' } });
    expect([existsSync(reportFile(root)), existsSync(worktree)]).toEqual([false, false]);
  });

  const strangers: [string, (path: string) => string][] = [
    [
      'a folder of somebody else',
      (path) => {
        mkdirSync(path);
        return path;
      },
    ],
    [
      'a symbolic link',
      (path) => {
        const elsewhere = scratchWorkspace({});
        symlinkSync(elsewhere, path);
        return elsewhere;
      },
    ],
    [
      "another branch's worktree",
      (path) => {
        git(root, 'worktree', 'add', '--quiet', path, '-b', 'mine');
        return path;
      },
    ],
  ];

  it.each(strangers)('writes its report beside the main checkout, and nothing into %s', async (_, occupy) => {
    git(root, 'worktree', 'remove', worktree);
    mkdirSync(dirname(worktree), { recursive: true });
    const stranger = occupy(worktree);
    const before = readdirSync(stranger);
    await stage(() => Promise.reject(sluiceError('NOT_A_REPOSITORY', { folder: root })));
    expect(readdirSync(stranger)).toEqual(before);
    expect(existsSync(reportFile(root))).toBe(true);
  });

  it.each(['../x', 'a/b', '..'])('refuses the project name "%s" before it makes anything', async (projectName) => {
    rmSync(join(root, '.sluice'), { recursive: true, force: true });
    const work = jest.fn();
    const context = { ...aContext(root, 'deploy-worktree'), projectName };
    expect(await runStage('worktree', context, work)).toEqual({ success: false });
    expect(errors).toMatch(/NAME_INVALID: The project name/);
    expect(work).not.toHaveBeenCalled();
    expect(existsSync(join(root, '.sluice'))).toBe(false);
  });

  it('fails without such a report where its rollout goes on in the host', async () => {
    const end = await stage(() => Promise.reject(sluiceError('ROLLOUT_WAITING', waiting)));
    expect(end).toEqual({ success: false });
    expect(errors).toMatch(/ROLLOUT_WAITING: staging of app is under way: 5m left\n {2}-> Run the same command again/);
    expect(hasReceipt()).toBe(false);
    expect(existsSync(reportFile(worktree))).toBe(false);
  });
});

describe('what CI systems read of a stage', () => {
  const file = () => stageReportFile(root, 'app', 'worktree');
  const read = () => readFileSync(file(), 'utf8');
  const found = (status: 'pass' | 'fail', reason: string): CheckResult => ({
    ...{ check: 'place', tool: 'git', version: '2', status, reason, findings: [], figures: {}, durationMs: 1 },
  });
  const run = (work: () => Promise<StageResult>) => runStage('worktree', aContext(root, 'deploy-worktree'), work);

  it.each(['pass', 'fail'] as const)('is beside the receipt of a stage whose check says %s', async (status) => {
    await run(async () => ({ verdict: status, reasons: [], checks: [found(status, 'as it is')] }));
    expect(read()).toContain(`tests="1" failures="${status === 'fail' ? 1 : 0}"`);
    expect(readdirSync(dirname(file()))).toEqual(['worktree.json', 'worktree.junit.xml']);
  });

  it('tells the error that a stage ended with', async () => {
    await stage(() => Promise.reject(sluiceError('NOT_A_REPOSITORY', { folder: root })));
    expect(read()).toMatch(/<testcase name="worktree" [^]*<failure message="[^"]*\(NOT_A_REPOSITORY\)">/);
  });

  it('is never that of an earlier run', async () => {
    await run(async () => ({ verdict: 'fail', reasons: [], checks: [found('fail', 'once')] }));
    await run(async () => {
      expect(existsSync(file())).toBe(false);
      return { verdict: 'pass', reasons: [] };
    });
    expect(existsSync(file())).toBe(false);
  });
});

describe('a stage beside others', () => {
  const other = 'f'.repeat(40);
  const inProgress = { project: 'app', pid: 4711, checkout: '/w', worktree: '/w/worktrees/x', commit: other };

  it('is noted in its worktree before it works there, also where deploy-worktree was left out', async () => {
    let record: RunRecord | null = null;
    const work = async () => {
      record = await createRunRecords(root).read('app', root);
      return { verdict: 'pass' as const, reasons: [] };
    };
    expect(await runStage('build', aContext(root, 'deploy-build'), work)).toEqual({ success: true });
    const pid = process.pid;
    const processes: unknown = expect.arrayContaining([expect.objectContaining({ pid })]);
    expect(record).toMatchObject({ worktree, commit: git(root, 'rev-parse', 'HEAD').trim(), processes });
  });

  it('does not start where the note of who works there can not be read', async () => {
    const file = runFile(root, 'app', root);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '{');
    const work = jest.fn();
    expect(await runStage('build', aContext(root, 'deploy-build'), work)).toEqual({ success: false });
    expect(errors).toMatch(/RUN_RECORD_INVALID/);
    expect(work).not.toHaveBeenCalled();
    expect((await findGround(aContext(root, 'deploy-rollback'))).worktree).toBe(worktree);
  });

  it('leaves the report of a run alone that is refused for', async () => {
    await stage(() => Promise.reject(sluiceError('RUN_IN_PROGRESS', inProgress)));
    expect(existsSync(reportFile(worktree))).toBe(false);
  });

  it('writes its report beside the main checkout while another commit has something unfinished in the worktree', async () => {
    const processes = [{ pid: process.pid, identity: readProcess(process.pid)?.identity ?? '' }];
    const record = { project: 'web', checkout: root, worktree, wanted: 'phase-6-task-1', commit: other, processes };
    await createRunRecords(root).write(record);
    await stage(() => Promise.reject(sluiceError('NOT_A_REPOSITORY', { folder: root })));
    expect([existsSync(reportFile(worktree)), existsSync(reportFile(root))]).toEqual([false, true]);
  });
});
